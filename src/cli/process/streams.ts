import type { Readable, Writable } from 'node:stream';
import { inOneLine } from '../../util/one-line.js';
import { isSystemError, systemReason } from '../../util/system-error.js';

/** Signals that end a command: SIGINT is Ctrl-C, SIGTERM is sent by supervisors. */
export type Interrupt = 'SIGINT' | 'SIGTERM';

/** The parts of the process that a command uses. Tests pass their own. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Registers a callback for the first SIGINT or SIGTERM, which then no longer ends the process. */
  readonly onInterrupt: (callback: (signal: Interrupt) => void) => void;
}

/** A failure to report to the user: one line on stderr, and exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(message: string, options?: ErrorOptions) {
    super(inOneLine(message), options);
  }
}

/** Exits with the code of a program that the command ran and that has reported its own failure. */
export class CommandExit extends Error {
  override readonly name = 'CommandExit';
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

/** The reader of the output closed it, as in `raftkv export | head`. The command ends without an error. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/** Writes to the stream, and waits while its buffer is full. @throws ReaderGone */
export async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(isBrokenPipe(error) ? new ReaderGone('the output was closed', { cause: error }) : failed(error));
    });
  });
}

/** Reads a stream to its end. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function failed(error: Error): Error {
  if (!isSystemError(error)) return error;
  return new CommandError(`cannot write the output: ${systemReason(error)}`, { cause: error });
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
