import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../src/util/assert.js';
import { isSystemError, systemReason } from '../src/util/system-error.js';
import { LineSplitter } from './lines.js';
import type { Member } from './members.js';

export interface LauncherOptions {
  readonly members: readonly Member[];
  /** The whole command line that runs a member: program first. */
  readonly commandOf: (member: Member) => readonly string[];
  /** The leader that at least `needed` members agree on; undefined if there is none. */
  readonly findLeader: (needed: number) => Promise<Member | undefined>;
  /** Why `findLeader` found none. */
  readonly notReadyReason: () => string;
  readonly onLine: (member: Member, line: string) => void;
  /** Prints a line of the launcher itself. */
  readonly say: (line: string) => void;
  readonly onReady: (leader: Member) => void;
  /** Whether to restart a member that a signal killed. A member that exits by itself is not restarted. */
  readonly restart: boolean;
  /** Delay between a kill and the restart, in ms. */
  readonly restartDelayMs: number;
  /** Time limit for all members to agree on a leader, in ms. */
  readonly readyLimitMs: number;
  /** Interval between two queries for the leader, once the members are ready, in ms. */
  readonly leaderPollMs: number;
  /** Time limit for members to stop cleanly before they are killed, in ms. */
  readonly stopLimitMs: number;
}

type State = 'starting' | 'running' | 'stopping';

/**
 * Runs the members of a cluster as child processes. If one fails to start, all are stopped. After the start, members
 * may stop and restart independently. The end stops all.
 *
 * Each child leads a session of its own, so that Ctrl-C in the terminal signals only the launcher, and each child is
 * signalled once.
 */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #children = new Map<Member, ChildProcess>();
  readonly #settled = new AbortController();
  #state: State = 'starting';
  #exitCode = 0;
  #restartsPending = 0;
  /** The last leader that was reported; undefined once its process has exited. */
  #leader: Member | undefined;
  #resolveClosed: (exitCode: number) => void = () => undefined;

  /** Resolves with the exit code when no child is left: 0 if all started, and all stopped cleanly. */
  readonly closed = new Promise<number>((resolve) => {
    this.#resolveClosed = resolve;
  });

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  pid(member: Member): number | undefined {
    return this.#children.get(member)?.pid;
  }

  /** Starts the members, and returns when they are ready or are being stopped. `closed` has the outcome. */
  async run(): Promise<void> {
    for (const member of this.#options.members) this.#spawn(member);
    const giveUpAt = performance.now() + this.#options.readyLimitMs;
    while (this.#state === 'starting') {
      const leader = await this.#options.findLeader(this.#options.members.length);
      if (this.#state !== 'starting') return;
      if (leader !== undefined) {
        this.#state = 'running';
        this.#leader = leader;
        this.#options.onReady(leader);
        void this.#watchLeader();
      } else if (performance.now() > giveUpAt) {
        const { readyLimitMs, notReadyReason } = this.#options;
        this.#options.say(`the nodes were not ready within ${readyLimitMs / 1000} s: ${notReadyReason()}`);
        this.#fail();
      } else {
        await this.#pause(100);
      }
    }
  }

  get stopping(): boolean {
    return this.#state === 'stopping';
  }

  /** Stops every member. Only the first call has an effect: closing a terminal causes several signals. */
  stop(): void {
    if (this.stopping) return;
    this.#state = 'stopping';
    this.#settled.abort();
    this.#signalAll('SIGTERM');
    this.#closeIfOver();
    if (this.#children.size > 0) void this.#killLate();
  }

  /** Kills every member. */
  killAll(): void {
    this.#signalAll('SIGKILL');
  }

  /** Reports each new leader. A majority suffices here, since a member may be down. */
  async #watchLeader(): Promise<void> {
    const majority = Math.floor(this.#options.members.length / 2) + 1;
    while (this.#state === 'running') {
      await this.#pause(this.#options.leaderPollMs);
      const leader = await this.#options.findLeader(majority);
      if (this.#state !== 'running') return;
      // A leader without a process was killed during the query.
      if (leader === undefined || leader === this.#leader || !this.#children.has(leader)) continue;
      this.#leader = leader;
      this.#options.say(`${leader.name} leads now (pid ${this.pid(leader)})`);
    }
  }

  #fail(): void {
    this.#exitCode = 1;
    this.stop();
  }

  #spawn(member: Member): void {
    const [program, ...args] = this.#options.commandOf(member);
    const child = spawn(defined(program, 'the program'), args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.set(member, child);
    for (const pipe of [child.stdout, child.stderr]) {
      const lines = new LineSplitter((line) => this.#options.onLine(member, line));
      pipe.on('data', (chunk: Buffer) => lines.push(chunk));
      pipe.on('end', () => lines.end());
    }
    child.on('error', (error) => {
      const reason = isSystemError(error) ? systemReason(error) : error.message;
      this.#options.say(`${member.name} cannot be started: ${program}: ${reason}`);
    });
    // Not 'exit', which may come before the last lines in the pipe. A child that could not be spawned closes, too.
    child.on('close', (code, signal) => this.#onClose(member, code, signal));
  }

  #onClose(member: Member, code: number | null, signal: NodeJS.Signals | null): void {
    this.#children.delete(member);
    // If it is elected again, that is another process.
    if (this.#leader === member) this.#leader = undefined;
    const how = signal === null ? `exit code ${code}` : signal;
    switch (this.#state) {
      case 'starting':
        this.#options.say(`${member.name} stopped while it was starting (${how}); stopping the others`);
        this.#fail();
        break;
      case 'running':
        this.#onLoss(member, code, signal);
        break;
      case 'stopping':
        if (code !== 0) {
          this.#options.say(`${member.name} did not stop cleanly (${how})`);
          this.#exitCode = 1;
        }
        break;
    }
    this.#closeIfOver();
  }

  #onLoss(member: Member, code: number | null, signal: NodeJS.Signals | null): void {
    const byHand = `by hand: ${this.#options.commandOf(member).join(' ')}`;
    if (signal === null) {
      this.#options.say(
        `${member.name} stopped by itself (exit code ${code}); the others continue. To start it ${byHand}`,
      );
    } else if (this.#options.restart) {
      this.#options.say(
        `${member.name} was killed (${signal}); it starts again in ${this.#options.restartDelayMs / 1000} s`,
      );
      void this.#restart(member);
    } else {
      this.#options.say(`${member.name} was killed (${signal}); the others continue. To start it ${byHand}`);
    }
  }

  async #restart(member: Member): Promise<void> {
    this.#restartsPending += 1;
    await this.#pause(this.#options.restartDelayMs);
    this.#restartsPending -= 1;
    if (this.#state !== 'running') {
      this.#closeIfOver();
      return;
    }
    this.#spawn(member);
    const pid = this.pid(member);
    if (pid !== undefined) this.#options.say(`${member.name} was started again (pid ${pid})`);
  }

  #closeIfOver(): void {
    if (this.#children.size > 0 || this.#restartsPending > 0) return;
    if (this.#state !== 'stopping') {
      this.#options.say('no node is left');
      this.#exitCode = 1;
      this.#state = 'stopping';
      this.#settled.abort();
    }
    this.#resolveClosed(this.#exitCode);
  }

  async #killLate(): Promise<void> {
    await Promise.race([this.closed, delay(this.#options.stopLimitMs, undefined, { ref: false })]);
    for (const member of this.#children.keys()) {
      this.#options.say(`${member.name} did not stop within ${this.#options.stopLimitMs / 1000} s: killing it`);
      this.#exitCode = 1;
    }
    this.#signalAll('SIGKILL');
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const child of this.#children.values()) child.kill(signal);
  }

  /** Waits, but not beyond the stop of the launcher. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#settled;
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
