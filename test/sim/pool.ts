import { fork, type ChildProcess } from 'node:child_process';
import type { SimOptions } from './options.js';
import type { Done, Job } from './worker.js';

export interface PoolOptions {
  readonly program: string;
  /** Processes at a time. */
  readonly jobs: number;
  /** The next run; undefined: there are no more. */
  readonly next: () => SimOptions | undefined;
  readonly onDone: (done: Done, options: SimOptions) => void;
}

/** A run of an ordinary seed takes a second: one that takes so long hangs; in ms of this machine. */
const HANGS_MS = 180_000;

/** Carries out runs in several processes at a time. Resolves when there are no more. */
export async function runAll(options: PoolOptions): Promise<void> {
  await Promise.all(Array.from({ length: options.jobs }, () => work(options)));
}

async function work(pool: PoolOptions): Promise<void> {
  let child: ChildProcess | undefined;
  for (let job = pool.next(); job !== undefined; job = pool.next()) {
    child = child?.connected === true ? child : fork(pool.program, { execArgv: ['--enable-source-maps'] });
    pool.onDone(await carryOut(child, { options: job }), job);
  }
  child?.disconnect();
}

async function carryOut(child: ChildProcess, job: Job): Promise<Done> {
  return new Promise((resolve) => {
    const { seed } = job.options;
    const fail = (violation: string): void =>
      finish({ seed, cpuMs: 0, result: { violation, simulatedMs: 0, calls: 0, answered: 0, committed: 0 } });
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
