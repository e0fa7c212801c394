import { EngineCorruptionError } from '../../ports/engine.js';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { isSystemError, systemReason } from '../../util/system-error.js';

/** The disk keeps a member from continuing. The message is one line that ends with advice; `cause` is the failure. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: 'disk-full' | 'disk-failed' | 'disk-damaged';

  constructor(code: DiskError['code'], message: string, cause: Error) {
    super(message, { cause });
    this.code = code;
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const FAILED: ReadonlySet<string> = new Set(['EIO', 'EROFS', 'ENODEV', 'ENXIO', 'ESTALE']);

/**
 * Adds advice to a failure of the disk; other errors are returned unchanged.
 * @param dataDir the data directory, as the user named it
 */
export function withDiskAdvice(error: Error, dataDir: string): Error {
  const text = messagesOf(error);
  if (isDamage(error)) {
    return new DiskError('disk-damaged', `the data in ${dataDir} is damaged (${text}): ${REBUILD_ADVICE}`, error);
  }
  const code = systemCode(error, text);
  if (code === undefined) return error;
  if (FULL.has(code)) {
    return new DiskError(
      'disk-full',
      `${systemReason(codeOnly(code))} (${text}): free some space for ${dataDir}, and start the member again; ` +
        'acknowledged writes are not lost',
      error,
    );
  }
  return new DiskError(
    'disk-failed',
    `the disk failed (${text}): check the disk of ${dataDir} and the messages of the kernel; if it is sound, start the ` +
      `member again; otherwise ${REBUILD_ADVICE}`,
    error,
  );
}

/** The engine reports damage by a class of its own, LevelDB by a code. The log's own errors have their advice. */
function isDamage(error: Error): boolean {
  return error instanceof EngineCorruptionError || nativeCode(error) === 'LEVEL_CORRUPTION';
}

function systemCode(error: Error, text: string): string | undefined {
  if (isSystemError(error)) return FULL.has(error.code ?? '') || FAILED.has(error.code ?? '') ? error.code : undefined;
  if (nativeCode(error) !== 'LEVEL_IO_ERROR') return undefined;
  // LevelDB passes on the text of strerror.
  if (/no space left/i.test(text)) return 'ENOSPC';
  return /quota exceeded/i.test(text) ? 'EDQUOT' : 'EIO';
}

/** The innermost one: the engine's own code names the call that failed, such as LEVEL_DATABASE_NOT_OPEN. */
function nativeCode(error: Error): string | undefined {
  let code: string | undefined;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && at.code.startsWith('LEVEL_')) code = at.code;
  }
  return code;
}

function codeOnly(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** The message, and that of its innermost cause if it says more. */
function messagesOf(error: Error): string {
  let innermost = error;
  while (innermost.cause instanceof Error) innermost = innermost.cause;
  return innermost.message === error.message ? error.message : `${error.message}: ${innermost.message}`;
}
