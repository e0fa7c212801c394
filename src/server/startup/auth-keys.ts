import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { base64url, errors, jwtVerify, SignJWT } from 'jose';
import { asError } from '../../util/error.js';
import { isSystemError, systemReason } from '../../util/system-error.js';
import type { JwtKeys } from '../auth/jwt-codec.js';
import { isSymmetric, parseAuthToken, type JwtMethod } from '../settings/auth-token.js';
import { ConfigError } from '../settings/urls.js';

const NAME = '--auth-token';
/** Shortest secret, in bytes: as long as the digest of HS256 (RFC 7518, section 3.2). */
const SECRET_BYTES_MIN = 32;
/** Shortest modulus of RSA, in bits (RFC 7518, section 3.3). */
const RSA_BITS_MIN = 2048;
const CURVES: Readonly<Record<string, { readonly name: string; readonly inNode: string }>> = {
  ES256: { name: 'P-256', inNode: 'prime256v1' },
  ES384: { name: 'P-384', inNode: 'secp384r1' },
  ES512: { name: 'P-521', inNode: 'secp521r1' },
};

/**
 * Reads the keys that --auth-token names, and tries them; undefined for simple tokens.
 * @throws ConfigError if a file cannot be read, is no such key, or has one that the algorithm cannot use
 */
export async function readAuthKeys(text: string): Promise<JwtKeys | undefined> {
  const setting = parseAuthToken(text);
  if (setting.kind === 'simple') return undefined;
  const { signMethod: algorithm, publicKeyFile, privateKeyFile, ttlMs } = setting;
  if (isSymmetric(algorithm)) {
    const secret = createSecretKey(await contentOf('priv-key', privateKeyFile ?? ''));
    if ((secret.symmetricKeySize ?? 0) < SECRET_BYTES_MIN) {
      throw new ConfigError(`${NAME} priv-key ${privateKeyFile}: a secret has at least ${SECRET_BYTES_MIN} bytes`);
    }
    return { algorithm, signing: secret, verifying: secret, ttlMs };
  }
  const signing = privateKeyFile === undefined ? undefined : await keyOf('priv-key', privateKeyFile, createPrivateKey);
  const verifying =
    publicKeyFile === undefined
      ? createPublicKey(signing ?? '')
      : await keyOf('pub-key', publicKeyFile, createPublicKey);
  if (signing !== undefined) checkKind(algorithm, signing, `priv-key ${privateKeyFile}`);
  checkKind(algorithm, verifying, `pub-key ${publicKeyFile}`);
  if (signing !== undefined && !createPublicKey(signing).equals(verifying)) {
    throw new ConfigError(`${NAME}: pub-key and priv-key do not belong together`);
  }
  const keys = { algorithm, signing, verifying, ttlMs };
  await tryKeys(keys);
  return keys;
}

/** @throws ConfigError if the algorithm needs a key of another kind */
function checkKind(algorithm: JwtMethod, key: KeyObject, what: string): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const curve = CURVES[algorithm];
  let needed: string | undefined;
  if (curve !== undefined) {
    if (details?.namedCurve !== curve.inNode) needed = `an EC key of the curve ${curve.name}`;
  } else if (algorithm === 'EdDSA') {
    if (type !== 'ed25519') needed = 'an Ed25519 key';
  } else if (type !== 'rsa' || (details?.modulusLength ?? 0) < RSA_BITS_MIN) {
    needed = `an RSA key of at least ${RSA_BITS_MIN} bits`;
  }
  if (needed !== undefined) throw new ConfigError(`${NAME} ${what}: ${algorithm} needs ${needed}`);
}

/**
 * Signs and verifies a token; without a key to sign, verifies one whose signature is wrong.
 * @throws ConfigError
 */
async function tryKeys({ algorithm, signing, verifying }: JwtKeys): Promise<void> {
  try {
    const token =
      signing === undefined
        ? [JSON.stringify({ alg: algorithm }), '{}', 'none'].map((part) => base64url.encode(part)).join('.')
        : await new SignJWT({}).setProtectedHeader({ alg: algorithm }).sign(signing);
    await jwtVerify(token, verifying, { algorithms: [algorithm] });
  } catch (error) {
    if (signing === undefined && error instanceof errors.JWSSignatureVerificationFailed) return;
    throw new ConfigError(`${NAME}: ${algorithm} cannot use the key: ${asError(error).message}`);
  }
}

async function contentOf(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = isSystemError(error) ? systemReason(error) : asError(error).message;
    throw new ConfigError(`${NAME} ${option} ${file} cannot be read: ${reason}`, { cause: error });
  }
}

/** The content is in no message. */
async function keyOf(option: string, file: string, create: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  const content = await contentOf(option, file);
  try {
    return create(content);
  } catch {
    throw new ConfigError(`${NAME} ${option} ${file}: not a key in PEM`);
  }
}
