import { constants } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { asError } from '../../util/error.js';
import { DATA_FILE, nativeOptions, packagePath } from './native.js';
import { growthError } from './reserved-space.js';
import { COMMIT_KEY } from './stored-keys.js';
import { WRITER_PROGRAM, type WriterData, type WriterReply, type WriterRequest } from './writer-program.js';

/** What a commit leaves. */
export interface Committed {
  /** Number of the last page of the file. */
  readonly lastPage: number;
  /** Number of pages that hold rows. */
  readonly usedPages: number;
}

/** More than LMDB writes at once, which is 64 pages. */
const GROWTH_BYTES = 1024 * 1024;
/** Longest wait for the end of a batch when the process ends, in milliseconds. */
const EXIT_WAIT_MS = 30_000;

interface Waiting {
  readonly resolve: (reply: WriterReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The thread that writes to LMDB: lmdb-js would write large batches and sync in the event loop, and its own thread takes no batch
 * of several turns. One request at a time.
 *
 * A thread that is stopped in the middle of a batch never ends: lmdb-js closes its database first, which waits for the batch. Node
 * stops the threads when the process ends, and waits for them, so the process ends its batch before.
 */
export class WriterThread {
  readonly #worker: Worker;
  readonly #file: string;
  readonly #busy = new Int32Array(new SharedArrayBuffer(4));
  #waiting: Waiting | undefined;
  #ended: Error | undefined;

  constructor(folder: string) {
    this.#file = join(folder, DATA_FILE);
    const { port1: life, port2 } = new MessageChannel();
    const workerData: WriterData = {
      package: packagePath(),
      options: nativeOptions(folder),
      commitKey: COMMIT_KEY,
      busy: this.#busy,
      life: port2,
    };
    this.#worker = new Worker(WRITER_PROGRAM, {
      eval: true,
      execArgv: [], // with the process's `--input-type=module` the program would be a module
      workerData,
      transferList: [port2],
    });
    // Calls that wait keep the process alive, not the thread.
    this.#worker.unref();
    life.unref();
    this.#worker.on('message', (reply: WriterReply) => this.#settle(({ resolve }) => resolve(reply)));
    this.#worker.on('error', (error) => this.#end(asError(error)));
    const ended = new Error('the thread that writes to the engine has ended');
    // There is no 'exit' of a thread that was stopped in a batch. An error, if there is one, precedes it.
    life.on('close', () => setImmediate(() => this.#end(ended)));
    this.#worker.on('exit', () => {
      this.#idle();
      this.#end(ended);
    });
  }

  /** Writes a slice of a batch, of which the last commits it. @returns what the commit leaves */
  async write(bytes: Uint8Array, isLast: boolean): Promise<Committed | undefined> {
    if (this.#busy[0] === 0 && this.#ended === undefined) {
      Atomics.store(this.#busy, 0, 1);
      process.on('exit', this.#onExit);
    }
    const reply = await this.#request({ kind: 'slice', bytes, isLast }, [bytes.buffer as ArrayBuffer]);
    if (reply.kind === 'taken') return undefined;
    process.off('exit', this.#onExit);
    if (reply.kind === 'failed') throw await failureOf(reply, this.#file);
    return reply.kind === 'committed' ? reply : undefined;
  }

  /** Gives up the batch of which slices are written, if there is one. */
  async abandon(): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#request({ kind: 'abandon' }, []);
    process.off('exit', this.#onExit);
  }

  /** Closes the database in the thread, and ends it. */
  async close(): Promise<void> {
    if (this.#ended === undefined) {
      await this.#request({ kind: 'close' }, []);
      process.off('exit', this.#onExit);
    }
    // A thread that was stopped in a batch does not end.
    if (this.#busy[0] === 0) await this.#worker.terminate();
  }

  #request(request: WriterRequest, transferred: ArrayBuffer[]): Promise<WriterReply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#worker.ref();
      this.#worker.postMessage(request, transferred);
    });
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#worker.unref();
    how(waiting);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#settle(({ reject }) => reject(error));
  }

  #idle(): void {
    Atomics.store(this.#busy, 0, 0);
    process.off('exit', this.#onExit);
  }

  /** Called when the process ends while a batch is open. */
  readonly #onExit = (): void => {
    if (this.#ended === undefined) {
      const request: WriterRequest = { kind: 'abandon' };
      this.#worker.postMessage(request, []);
      if (Atomics.wait(this.#busy, 0, 1, EXIT_WAIT_MS) !== 'timed-out') return;
    }
    process.kill(process.pid, 'SIGKILL');
  };
}

async function failureOf(reply: Extract<WriterReply, { kind: 'failed' }>, file: string): Promise<Error> {
  const details = codeOf(reply.code);
  const cause = details.code === 'EIO' ? await growthError(file, GROWTH_BYTES) : undefined;
  // Behind the reason LMDB has numbers for its developers.
  const reason = cause?.message ?? reply.reason.split(': Attempting to write')[0];
  const error = new Error(`the engine could not write a batch: ${reason}`);
  return Object.assign(error, details, cause === undefined ? {} : { code: cause.code });
}

/** A system error keeps its code, by which advice is given. LMDB reports it as a number. */
function codeOf(code: string | number | undefined): { readonly code?: string; readonly syscall?: string } {
  const [name] = Object.entries(constants.errno).find(([, number]) => number === code) ?? [];
  if (name !== undefined) return { code: name, syscall: 'write' };
  return code === undefined ? {} : { code: String(code) };
}
