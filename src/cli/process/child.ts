import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { spawnFailure } from './spawning.js';
import { CommandError } from './streams.js';
import type { Streams } from './streams.js';

export interface Child {
  /** As in a shell: 128 plus the number of the signal that ended it. Rejects if the program cannot be started. */
  readonly exitCode: Promise<number>;
  /** Sends SIGTERM. */
  end(): void;
}

/** Starts a program with this process's standard streams and additional environment variables. */
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
    child.on('error', (error) => reject(new CommandError(spawnFailure(program, error), { cause: error })));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  return { exitCode, end: () => void child.kill('SIGTERM') };
}
