import { ServerProcess } from '../../support/server-process.js';
import { patiently } from '../cluster/patience.js';

const ATTACH_MS_MAX = 30_000;

/** The calls by which data reach the disk: writes to files opened with O_DSYNC, and syncs. */
export const SYNCS = 'pwrite64,pwritev,pwritev2,fdatasync,fsync';

/** A tracer that is attached to a running process, and changes the results of its system calls. */
export class Tracer {
  readonly #strace: ServerProcess;

  /**
   * Attaches to a process and all its threads.
   * @param injection in the language of `strace -e inject`, without the calls: `delay_enter=50000`
   */
  static async attach(pid: number, calls: string, injection: string): Promise<Tracer> {
    const args = ['-f', '-e', 'signal=none', '-e', `trace=${calls}`, '-e', `inject=${calls}:${injection}`];
    const tracer = new Tracer(new ServerProcess(['strace', ...args, '-p', String(pid)], '/'));
    await patiently('strace to attach', ATTACH_MS_MAX, async () => tracer.#attached(pid));
    return tracer;
  }

  private constructor(strace: ServerProcess) {
    this.#strace = strace;
  }

  /** Calls whose result or duration was changed so far. */
  get injected(): number {
    return this.#strace.stderr.filter((line) => line.includes('(INJECTED)') || line.includes('(DELAYED)')).length;
  }

  /** Lets the process go, if it still runs. */
  async detach(): Promise<void> {
    if (this.#strace.running) this.#strace.signal('SIGTERM');
    await this.#strace.exited;
  }

  #attached(pid: number): true | undefined {
    if (!this.#strace.running) throw new Error(`strace ended: ${this.#strace.log()}`);
    return this.#strace.stderr.some((line) => line.includes(`Process ${pid} attached`)) || undefined;
  }
}
