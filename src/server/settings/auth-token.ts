import { parseDurationMs } from './kinds.js';
import { ConfigError } from './urls.js';

/** The value of --auth-token. */
export type AuthTokenSetting =
  | { readonly kind: 'simple' }
  | {
      readonly kind: 'jwt';
      readonly signMethod: JwtMethod;
      /** Files with keys in PEM, or with a secret. */
      readonly publicKeyFile: string | undefined;
      readonly privateKeyFile: string | undefined;
      readonly ttlMs: number;
    };

/** As etcd names them, after RFC 7518; EdDSA after RFC 8037. */
export const JWT_METHODS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'HS256',
  'HS384',
  'HS512',
] as const;
export type JwtMethod = (typeof JWT_METHODS)[number];

const NAME = '--auth-token';
const DEFAULT_TTL = '5m';
const TTL_MS_MAX = 365 * 24 * 3_600_000;
const OPTIONS: ReadonlySet<string> = new Set(['sign-method', 'pub-key', 'priv-key', 'ttl']);

/** @throws ConfigError */
export function parseAuthToken(text: string): AuthTokenSetting {
  const [kind, ...parts] = text.split(',');
  if (kind === 'simple' && parts.length === 0) return { kind };
  if (kind !== 'jwt') throw new ConfigError(`${NAME}: must be simple, or jwt with its options`);
  const options = new Map(parts.map((part) => optionOf(part)));
  if (options.size < parts.length) throw new ConfigError(`${NAME}: an option is given twice`);
  const signMethod = JWT_METHODS.find((method) => method === options.get('sign-method'));
  if (signMethod === undefined) throw new ConfigError(`${NAME}: sign-method must be one of ${JWT_METHODS.join(', ')}`);
  const setting = {
    kind,
    signMethod,
    publicKeyFile: options.get('pub-key'),
    privateKeyFile: options.get('priv-key'),
    ttlMs: parseDurationMs(options.get('ttl') ?? DEFAULT_TTL, { name: `${NAME} ttl`, min: 1000, max: TTL_MS_MAX }),
  } as const;
  checkKeys(setting);
  return setting;
}

/** Whether both sides use one secret. */
export function isSymmetric(method: JwtMethod): boolean {
  return method.startsWith('HS');
}

function optionOf(part: string): readonly [string, string] {
  const at = part.indexOf('=');
  const name = part.slice(0, at);
  const value = part.slice(at + 1);
  if (at < 0 || !OPTIONS.has(name) || value === '') {
    throw new ConfigError(`${NAME}: options are ${[...OPTIONS].map((option) => `${option}=…`).join(', ')}`);
  }
  return [name, value];
}

function checkKeys({ signMethod, publicKeyFile, privateKeyFile }: Extract<AuthTokenSetting, { kind: 'jwt' }>): void {
  if (isSymmetric(signMethod) && privateKeyFile === undefined) {
    throw new ConfigError(`${NAME}: ${signMethod} needs priv-key, a file with the secret`);
  }
  if (publicKeyFile === undefined && privateKeyFile === undefined) {
    throw new ConfigError(`${NAME}: ${signMethod} needs priv-key to sign and verify tokens, or pub-key to verify them`);
  }
}
