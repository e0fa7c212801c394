import { fork, type ChildProcess } from 'node:child_process';
import { NO_USERS } from './users/users.js';
import type { SimOptions } from './options.js';
import type { Done, Job } from './worker.js';

export interface Runs {
  /** The next run; undefined if there are no more. */
  readonly next: () => SimOptions | undefined;
  readonly onDone: (done: Done, options: SimOptions) => void;
}

/** Time after which a run counts as hanging, in real ms: an ordinary one takes a second. */
const HANGS_MS = 180_000;

/** Processes that execute runs, each one at a time. They are kept from one `runAll` to the next. */
export class Pool {
  readonly #program: string;
  readonly #children: (ChildProcess | undefined)[];

  /** @param options.jobs processes at a time */
  constructor(options: { readonly program: string; readonly jobs: number }) {
    this.#program = options.program;
    this.#children = Array.from({ length: options.jobs });
  }

  /** Resolves when there are no more runs. */
  async runAll(runs: Runs): Promise<void> {
    await Promise.all(this.#children.map((_, slot) => this.#work(slot, runs)));
  }

  close(): void {
    for (const child of this.#children.splice(0)) if (child?.connected === true) child.disconnect();
  }

  async #work(slot: number, { next, onDone }: Runs): Promise<void> {
    for (let options = next(); options !== undefined; options = next()) {
      onDone(await execute(this.#child(slot), { options }), options);
    }
  }

  #child(slot: number): ChildProcess {
    const known = this.#children[slot];
    if (known?.connected === true) return known;
    const child = fork(this.#program, { execArgv: ['--enable-source-maps'] });
    this.#children[slot] = child;
    return child;
  }
}

async function execute(child: ChildProcess, job: Job): Promise<Done> {
  return new Promise((resolve) => {
    const { seed } = job.options;
    const fail = (violation: string): void =>
      finish({
        seed,
        cpuMs: 0,
        result: { violation, simulatedMs: 0, calls: 0, answered: 0, committed: 0, users: NO_USERS },
      });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`it has not ended after ${HANGS_MS / 1000} s`);
    }, HANGS_MS);
    const onExit = (code: number | null, signal: string | null): void => fail(`its process ended: ${signal ?? code}`);
    const finish = (done: Done): void => {
      clearTimeout(timer);
      child.off('message', finish);
      child.off('exit', onExit);
      resolve(done);
    };
    child.on('message', finish);
    child.on('exit', onExit);
    child.send(job);
  });
}
