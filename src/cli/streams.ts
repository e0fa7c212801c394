import type { Readable, Writable } from 'node:stream';
import { isSystemError, systemReason } from '../util/system-error.js';

/** Ctrl-C, and what a supervisor sends. */
export type Interrupt = 'SIGINT' | 'SIGTERM';

/** What a command has of the process around it. Tests hand in their own. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** The environment, where settings are read from it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Called on the first Ctrl-C or SIGTERM, which then does not end the process by itself. */
  readonly onInterrupt: (callback: (signal: Interrupt) => void) => void;
}

/** What the user asked for cannot be done, or was not: one line for stderr, and exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Ends with the exit code of what was run; that has said why. */
export class CommandExit extends Error {
  override readonly name = 'CommandExit';
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

/** The reader of our output has gone, as in `raftkv export | head`: nothing is left to do, and nothing is wrong. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/** Writes, and waits while the reader is behind. @throws ReaderGone */
export async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error === null || error === undefined) resolve();
      else
        reject(
          isBrokenPipe(error) ? new ReaderGone('the reader of the output has gone', { cause: error }) : failed(error),
        );
    });
  });
}

/** All that comes from a stream. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function failed(error: Error): Error {
  if (!isSystemError(error)) return error;
  return new CommandError(`the output cannot be written: ${systemReason(error)}`, { cause: error });
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
