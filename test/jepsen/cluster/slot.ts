import { readFileSync } from 'node:fs';
import type { Client } from '../../../src/client/index.js';
import { assert } from '../../../src/util/assert.js';
import { atExit } from '../../support/at-exit.js';
import { ServerProcess } from '../../support/server-process.js';
import type { Exit } from '../../support/server-process.js';
import type { Node } from './command.js';

/** `up`: running or starting. `paused`: stopped by a signal. `down`: not running. `absent`: no member, yet or any more. */
export type State = 'up' | 'paused' | 'down' | 'absent';

export interface SlotOptions {
  readonly node: Node;
  /** Reaches the member by a connection that no fault touches. */
  readonly client: Client;
  readonly logFile: string;
  /** Called when the member ends by itself. `excuse` says why it may; undefined if it may not. */
  readonly onEnd: (slot: Slot, exit: Exit, excuse: string | undefined) => void;
  /** Called for each process of the member when it has ended, or at the exit of this process. */
  readonly onGone: (pid: number) => void;
}

/** One member, with the process that runs it if there is one. */
export class Slot {
  readonly node: Node;
  readonly client: Client;
  /** The members that it is started with. */
  founders: readonly Node[] = [];
  /** Whether it founds the cluster, and does not join it. */
  isFounder = true;
  /** Why the member may end by itself, until its next start. */
  excuse: string | undefined;
  /** Its data are lost or damaged: until it is replaced it must not be relied on. */
  isSpoilt = false;
  starts = 0;
  /** Whether its last run ended without a fault that ended it. */
  endedByItself = false;
  state: State = 'down';
  readonly #options: SlotOptions;
  #process: ServerProcess | undefined;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.node = options.node;
    this.client = options.client;
  }

  get name(): string {
    return this.node.name;
  }

  /** The process, if it exists. */
  get process(): ServerProcess | undefined {
    return this.#process?.running === true ? this.#process : undefined;
  }

  start(command: readonly string[], folder: string, variables: Readonly<Record<string, string>>): void {
    assert(this.state === 'down', `${this.name} is ${this.state}`);
    this.state = 'up';
    this.excuse = this.isSpoilt ? 'its data are damaged' : undefined;
    this.endedByItself = false;
    this.starts += 1;
    const started = new ServerProcess(command, folder, variables);
    this.#process = started;
    const gone = (): void => this.#options.onGone(started.pid);
    const forget = atExit(gone);
    void started.exited.then((exit) => {
      forget();
      gone();
      this.#ended(started, exit);
    });
  }

  /** SIGKILL, if it runs. An end by an error right before counts as one by itself. */
  async kill(): Promise<void> {
    const { process, state } = this;
    if (state !== 'absent') this.state = 'down';
    if (process === undefined) return;
    await process.kill();
    const exit = await process.exited;
    if (state !== 'absent' && exit.signal !== 'SIGKILL' && exit.code !== 0) this.#report(exit);
  }

  /** SIGTERM, and waits. @throws Error unless the end is clean */
  async terminate(isClean: (exit: Exit) => boolean): Promise<void> {
    const { process } = this;
    assert(process !== undefined && this.state === 'up', `${this.name} is ${this.state}`);
    this.state = 'down';
    process.signal('SIGTERM');
    const exit = await process.exited;
    if (!isClean(exit)) throw new Error(`${this.name} ended with ${JSON.stringify(exit)} after SIGTERM\n${this.log()}`);
  }

  pause(): void {
    assert(this.state === 'up', `${this.name} is ${this.state}`);
    this.process?.signal('SIGSTOP');
    this.state = 'paused';
  }

  resume(): void {
    assert(this.state === 'paused', `${this.name} is ${this.state}`);
    this.state = 'up';
    this.process?.signal('SIGCONT');
  }

  /** The last lines of its log and output. */
  log(): string {
    return [this.starts === 0 ? '' : lastLines(this.#options.logFile), this.#process?.log() ?? ''].join('\n');
  }

  #ended(ended: ServerProcess, exit: Exit): void {
    if (this.#process !== ended || this.state === 'down' || this.state === 'absent') return;
    this.state = 'down';
    this.#report(exit);
  }

  #report(exit: Exit): void {
    this.endedByItself = true;
    this.#options.onEnd(this, exit, this.excuse);
  }
}

function lastLines(path: string, lines = 40): string {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-lines).join('\n');
  } catch (error) {
    return `no log: ${String(error)}`;
  }
}
