import { isSystemError, systemReason } from '../../util/system-error.js';
import { asError } from '../../util/error.js';

/** Why a program could not be started, without Node's "spawn … ENOENT". */
export function spawnFailure(program: string, error: unknown): string {
  const { message } = asError(error);
  if (!isSystemError(error)) return message;
  if (error.code === 'ENOENT') return `${program}: executable file not found`;
  return `${program}: ${systemReason(error)}`;
}
