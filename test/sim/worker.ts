import { asError } from '../../src/util/error.js';
import { endWithReader } from '../support/program.js';
import type { SimOptions } from './options.js';
import { run, type RunResult } from './run.js';
import { NO_USERS } from './users/users.js';

// The program that `bundle.ts` builds. With options as arguments it writes the trace of one or more runs; as a child of
// `pool.ts` it executes one run after the other.

export interface Job {
  readonly options: SimOptions;
}

export interface Done {
  readonly seed: number;
  readonly result: RunResult;
  /** Of this process, for this run. */
  readonly cpuMs: number;
}

const [given] = process.argv.slice(2);
if (given === undefined) serve();
else void traceAll(given);

function serve(): void {
  let seed = 0;
  let began = process.cpuUsage();
  const answer = (result: RunResult): void => {
    const { user, system } = process.cpuUsage(began);
    process.send?.({ seed, result, cpuMs: (user + system) / 1000 } satisfies Done);
  };
  const fail = (thrown: unknown): void => {
    const violation = `an error was not caught: ${asError(thrown).stack ?? ''}`;
    answer({ violation, simulatedMs: 0, calls: 0, answered: 0, committed: 0, users: NO_USERS });
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('message', ({ options }: Job) => {
    ({ seed } = options);
    began = process.cpuUsage();
    run(options).then(answer, fail);
  });
}

async function traceAll(text: string): Promise<void> {
  endWithReader();
  const list = JSON.parse(text) as readonly SimOptions[];
  for (const options of list) {
    const { violation, calls, answered, committed } = await run(options, (line) => process.stdout.write(`${line}\n`));
    if (violation !== undefined) process.exitCode = 1;
    process.stdout.write(`${violation ?? 'passed'}; ${calls} calls, ${answered} answered, ${committed} committed\n`);
  }
}
