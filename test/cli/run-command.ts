import { PassThrough, Readable, Writable } from 'node:stream';
import type { Interrupt, Streams } from '../../src/cli/streams.js';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
}

/** A command line that runs. */
export interface Started {
  readonly finished: Promise<Finished>;
  /** What it has written to standard output. */
  readonly printed: () => string;
  /** Ctrl-C. */
  readonly interrupt: (signal?: Interrupt) => void;
}

interface Surroundings {
  readonly stdin: Readable;
  readonly isTTY: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly onInterrupt: Streams['onInterrupt'];
}

/** Runs a command line in this process, with streams of its own, and without this process's variables. */
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

/** The same, for who does not only wait for its end. */
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

/** The same, with variables for what reads its settings from them. */
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
  // As main.ts gets it: the test runner loads what is imported statically by another way than what the commands load
  // when they are called, and classes that exist twice are no instances of each other.
  const { run } = await import('../../src/cli/run.js');
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
