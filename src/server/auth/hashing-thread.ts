import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { asError } from '../../util/error.js';

/** A password to hash, or to compare with a hash. */
export interface HashingJob {
  /** UTF-8. */
  readonly password: Uint8Array;
  /** The hash to compare with; undefined to make one. */
  readonly against: string | undefined;
  readonly cost: number;
}

export type HashingAnswer =
  { readonly kind: 'ok'; readonly value: string | boolean } | { readonly kind: 'failed'; readonly reason: string };

/** A password was not hashed: the thread could not begin, or has ended, or bcrypt has failed. */
export class HashingError extends Error {
  override readonly name = 'HashingError';
}

interface Waiting {
  readonly resolve: (value: string | boolean) => void;
  readonly reject: (error: Error) => void;
}

/** Priority below that of the event loop, which then gets a processor as soon as it needs one: added to its own, as in nice(1). */
const NICENESS = 10;
/** The lowest priority. */
const NICENESS_MAX = 19;

/**
 * The program of the thread: it takes a HashingJob and returns a HashingAnswer. A text, because a thread does not take over the
 * loader with which tests run sources; `bcrypt` is the path of the package. On Linux a priority concerns the calling thread
 * alone, and elsewhere it would be that of the whole process.
 */
const PROGRAM = `
  'use strict';
  const { parentPort, workerData } = require('node:worker_threads');
  const bcrypt = require(workerData.bcrypt);
  const os = require('node:os');
  if (process.platform === 'linux') os.setPriority(0, Math.min(${NICENESS_MAX}, os.getPriority(0) + ${NICENESS}));
  parentPort.on('message', ({ password, against, cost }) => {
    try {
      const bytes = Buffer.from(password);
      const value = against === undefined ? bcrypt.hashSync(bytes, cost) : bcrypt.compareSync(bytes, against);
      parentPort.postMessage({ kind: 'ok', value });
    } catch (error) {
      parentPort.postMessage({ kind: 'failed', reason: String(error.message) });
    }
  });
`;

/**
 * A thread that hashes passwords, one after another, with a lower priority than the event loop's: bcrypt takes a processor for
 * tens of milliseconds, and among threads of equal priority the event loop waits for its turn. It begins with the first job.
 */
export class HashingThread {
  #worker: Worker | undefined;
  readonly #waiting: Waiting[] = [];

  /** Number of jobs that are not done. */
  get jobs(): number {
    return this.#waiting.length;
  }

  /** @returns the hash, or whether the password has the hash; rejects with a HashingError */
  run(job: HashingJob): Promise<string | boolean> {
    this.#worker ??= this.#begin();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.postMessage(job, []);
    });
  }

  /** Ends the thread; jobs that are not done fail. */
  close(): void {
    const worker = this.#worker;
    this.#ended(new HashingError('the thread for passwords was stopped'));
    void worker?.terminate();
  }

  #begin(): Worker {
    const worker = new Worker(PROGRAM, {
      eval: true,
      execArgv: [], // with the process's `--input-type=module` the program would be a module
      workerData: { bcrypt: createRequire(import.meta.url).resolve('bcrypt') },
    });
    // Calls that wait keep the process alive, not the thread.
    worker.unref();
    worker.on('message', (answer: HashingAnswer) => {
      const waiting = this.#waiting.shift();
      if (answer.kind === 'ok') waiting?.resolve(answer.value);
      else waiting?.reject(new HashingError(answer.reason));
    });
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#ended(new HashingError(asError(error).message, { cause: error }));
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#ended(new HashingError('the thread for passwords has ended'));
    });
    return worker;
  }

  /** The next job begins another thread. */
  #ended(error: HashingError): void {
    this.#worker = undefined;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
