/** The operating system's error codes in plain words, for errors about a file that the user named. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use, or something is mounted there',
  EDQUOT: 'the quota of the disk is used up',
  EEXIST: 'it already exists',
  EFBIG: 'it would be too large for its file system',
  EIO: 'the disk failed',
  EISDIR: 'it is a directory',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'it does not exist',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of its path is a file, not a directory',
  ENXIO: 'no process has opened its other end',
  EPERM: 'it is not permitted',
  EROFS: 'its file system is read-only',
  EXDEV: 'it is on another file system',
};

/** A failure of the operating system, as Node reports it. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** The reason of a failure in a few plain words, to follow "FILE cannot be read: ". */
export function systemReason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message;
}
