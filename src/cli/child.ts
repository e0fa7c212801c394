import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CommandError } from './streams.js';
import type { Streams } from './streams.js';

export interface Child {
  /** As a shell tells it: 128 and the number of the signal where one has ended it. Rejects where it cannot be run. */
  readonly exitCode: Promise<number>;
  /** Asks it to end. */
  end(): void;
}

/** Runs a program with our standard streams, and some variables beside ours. */
export function runChild(
  streams: Streams,
  [program = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>>,
): Child {
  const own = streams.stdout === process.stdout;
  const child = spawn(program, args, {
    env: { ...streams.variables, ...variables },
    stdio: own ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.pipe(streams.stdout, { end: false });
  child.stderr?.pipe(streams.stderr, { end: false });
  const exitCode = new Promise<number>((resolve, reject) => {
    child.on('error', (error) => reject(new CommandError(`${program} cannot be run: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  return { exitCode, end: () => void child.kill('SIGTERM') };
}
