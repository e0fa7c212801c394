import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { asError } from '../../util/error.js';
import { nativeOptions, packagePath } from './native.js';
import { COMMIT_KEY } from './stored-keys.js';
import { WRITER_PROGRAM, type WriterReply, type WriterRequest } from './writer-program.js';

/** What a commit leaves. */
export interface Committed {
  /** Number of the last page of the file. */
  readonly lastPage: number;
  /** Number of pages that hold rows. */
  readonly usedPages: number;
}

interface Waiting {
  readonly resolve: (reply: WriterReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The thread that writes to LMDB: lmdb-js would write large batches and sync in the event loop, and its own thread takes no batch
 * of several turns. One request at a time.
 */
export class WriterThread {
  readonly #worker: Worker;
  #waiting: Waiting | undefined;
  #ended: Error | undefined;

  constructor(folder: string) {
    this.#worker = new Worker(WRITER_PROGRAM, {
      eval: true,
      execArgv: [], // with the process's `--input-type=module` the program would be a module
      workerData: { package: packagePath(), options: nativeOptions(folder), commitKey: COMMIT_KEY },
    });
    // Calls that wait keep the process alive, not the thread.
    this.#worker.unref();
    this.#worker.on('message', (reply: WriterReply) => this.#settle(({ resolve }) => resolve(reply)));
    this.#worker.on('error', (error) => this.#end(asError(error)));
    this.#worker.on('exit', () => this.#end(new Error('the thread that writes to the engine has ended')));
  }

  /** Writes a slice of a batch, of which the last commits it. @returns what the commit leaves */
  async write(bytes: Uint8Array, isLast: boolean): Promise<Committed | undefined> {
    const reply = await this.#request({ kind: 'slice', bytes, isLast }, [bytes.buffer as ArrayBuffer]);
    if (reply.kind === 'failed') {
      throw Object.assign(new Error(`the engine could not write a batch: ${reply.reason}`), codeOf(reply.code));
    }
    return reply.kind === 'committed' ? reply : undefined;
  }

  /** Closes the database in the thread, and ends it. */
  async close(): Promise<void> {
    if (this.#ended === undefined) await this.#request({ kind: 'close' }, []);
    await this.#worker.terminate();
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
    this.#waiting = undefined;
    this.#worker.unref();
    if (waiting !== undefined) how(waiting);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#settle(({ reject }) => reject(error));
  }
}

/** A system error keeps its code, by which advice is given. LMDB reports it as a number. */
function codeOf(code: string | number | undefined): { readonly code?: string; readonly syscall?: string } {
  const [name] = Object.entries(constants.errno).find(([, number]) => number === code) ?? [];
  if (name !== undefined) return { code: name, syscall: 'write' };
  return code === undefined ? {} : { code: String(code) };
}
