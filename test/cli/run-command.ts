import { PassThrough, Readable, Writable } from 'node:stream';
import type { Interrupt, Streams } from '../../src/cli/process/streams.js';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
}

/** A running command line. */
export interface Started {
  readonly finished: Promise<Finished>;
  /** Its standard output so far. */
  readonly printed: () => string;
  /** Interrupts it like Ctrl-C. */
  readonly interrupt: (signal?: Interrupt) => void;
}

interface Surroundings {
  readonly stdin: Readable;
  readonly isTTY: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly onInterrupt: Streams['onInterrupt'];
}

/** Runs a command line in this process, with its own streams and without this process's variables. */
export async function runCommand(
  args: readonly string[],
  input: string | Buffer | Readable = '',
  onCtrlC: (callback: () => void) => void = () => undefined,
  isTTY = false,
): Promise<Finished> {
  const stdin = input instanceof Readable ? input : new PassThrough().end(input);
  const onInterrupt: Streams['onInterrupt'] = (callback) => onCtrlC(() => callback('SIGINT'));
  return await runAmong({ stdin, isTTY, variables: {}, onInterrupt }, args);
}

/** Starts a command line, without waiting for its end. */
export function startCommand(args: readonly string[], stdin = new PassThrough().end()): Started {
  const stdout = new Collector();
  let interrupt: (signal: Interrupt) => void = () => undefined;
  const onInterrupt: Streams['onInterrupt'] = (callback) => void (interrupt = callback);
  return {
    finished: runAmong({ stdin, isTTY: false, variables: {}, onInterrupt }, args, stdout),
    printed: () => stdout.bytes().toString(),
    interrupt: (signal = 'SIGINT') => interrupt(signal),
  };
}

/** Starts a command line with environment variables. */
export async function runCommandWith(
  variables: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Finished> {
  const stdin = new PassThrough().end();
  return await runAmong({ stdin, isTTY: false, variables, onInterrupt: () => undefined }, args);
}

async function runAmong(
  { isTTY, ...rest }: Surroundings,
  args: readonly string[],
  stdout = new Collector(),
): Promise<Finished> {
  const stderr = Object.assign(new Collector(), { isTTY, columns: 100 });
  // Imported dynamically, as commands are: the test runner loads static imports as separate modules, and `instanceof`
  // fails between two copies of a class.
  const { run } = await import('../../src/cli/program/run.js');
  const code = await run(args, { ...rest, stdout, stderr });
  return { code, stdout: stdout.bytes().toString(), stderr: stderr.bytes().toString(), stdoutBytes: stdout.bytes() };
}

class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}
