import { diskError } from '../support/faulty-disk.js';

const made = new WeakSet<Error>();

/** An error that a fault injects: a member may stop because of it. */
export function injectedError(code: string, what: string): Error {
  const error = diskError(code, what);
  made.add(error);
  return error;
}

export function isInjected(error: Error): boolean {
  // Only a disk that a fault has shrunk reports that it is full.
  return made.has(error) || ('code' in error && error.code === 'ENOSPC');
}
