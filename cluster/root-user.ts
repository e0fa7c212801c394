import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RaftKvError, type Client } from '../src/client/index.js';

const ROOT = 'root';
const PASSWORD_BYTES = 12;

/** The user with all rights, and its password. */
export interface RootUser {
  readonly user: string;
  readonly password: string;
  /** The file with the password. */
  readonly file: string;
}

/** The user root of the cluster whose data is in a folder. Its password is made once, and kept there. */
export function rootUser(folder: string): RootUser {
  const file = join(folder, 'root-password');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${randomBytes(PASSWORD_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  }
  return { user: ROOT, password: readFileSync(file, 'utf8').trim(), file };
}

/**
 * Adds root and enables authentication, unless an earlier start has. Each step may have been done before.
 * @param client with the name and password of root, which a cluster without authentication ignores
 * @throws RaftKvError if a step fails, which may be repeated; Error if root has another password
 */
export async function enableAuth({ auth }: Pick<Client, 'auth'>, { password, file }: RootUser): Promise<void> {
  try {
    const { enabled } = await auth.status();
    if (enabled) return;
    await auth.userAdd(ROOT, { password }).catch(async (error: unknown) => {
      if (!hasCode(error, 'already-exists')) throw error;
      await auth.userChangePassword(ROOT, { password });
    });
    await auth.userGrantRole(ROOT, ROOT);
    await auth.enable();
    await auth.status();
  } catch (error) {
    if (!hasCode(error, 'unauthenticated')) throw error;
    throw new Error(`root has another password than that in ${file}; make clean-cluster removes the data`, {
      cause: error,
    });
  }
}

function hasCode(error: unknown, code: RaftKvError['code']): boolean {
  return error instanceof RaftKvError && error.code === code;
}
