import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { asError } from '../../util/error.js';
import type { JwtKeys } from '../auth/jwt-tokens.js';
import { isSymmetric, parseAuthToken } from '../settings/auth-token.js';
import { ConfigError } from '../settings/urls.js';

const NAME = '--auth-token';
/** Shortest secret, in bytes: as long as the digest of HS256 (RFC 7518, section 3.2). */
const SECRET_BYTES_MIN = 32;

/**
 * Reads the keys that --auth-token names; undefined for simple tokens.
 * @throws ConfigError if a file cannot be read, or is no such key
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
  if (signing !== undefined && !createPublicKey(signing).equals(verifying)) {
    throw new ConfigError(`${NAME}: pub-key and priv-key do not belong together`);
  }
  return { algorithm, signing, verifying, ttlMs };
}

async function contentOf(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConfigError(`${NAME} ${option} ${file}: ${asError(error).message}`);
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
