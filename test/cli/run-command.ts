import { PassThrough, Readable, Writable } from 'node:stream';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
}

/** Runs a command line in this process, with streams of its own. */
export async function runCommand(
  args: readonly string[],
  input: string | Buffer | Readable = '',
  onInterrupt: (callback: () => void) => void = () => undefined,
  isTTY = false,
): Promise<Finished> {
  const stdout = new Collector();
  const stderr = Object.assign(new Collector(), { isTTY, columns: 100 });
  const stdin = input instanceof Readable ? input : new PassThrough().end(input);
  // As main.ts gets it: the test runner loads what is imported statically by another way than what the commands load
  // when they are called, and classes that exist twice are no instances of each other.
  const { run } = await import('../../src/cli/run.js');
  const code = await run(args, { stdin, stdout, stderr, onInterrupt });
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
