import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../src/util/assert.js';
import { LineSplitter } from './lines.js';
import type { Member } from './members.js';

export interface LauncherOptions {
  readonly members: readonly Member[];
  /** The whole command line that runs a member: program first. */
  readonly commandOf: (member: Member) => readonly string[];
  /** The leader that at least `needed` members agree on, once they do. */
  readonly findLeader: (needed: number) => Promise<Member | undefined>;
  readonly onLine: (member: Member, line: string) => void;
  /** What the launcher itself has to say. */
  readonly say: (line: string) => void;
  readonly onReady: (leader: Member) => void;
  /** Start a member again that a signal has killed. A member that stopped by itself has a reason, and stays down. */
  readonly restart: boolean;
  /** Milliseconds between a kill and the restart. */
  readonly restartDelayMs: number;
  /** Milliseconds until all members must agree on a leader. */
  readonly readyLimitMs: number;
  /** Milliseconds between two looks at who leads, once the members are ready. */
  readonly leaderPollMs: number;
  /** Milliseconds that members get to stop cleanly, before they are killed. */
  readonly stopLimitMs: number;
}

type State = 'starting' | 'running' | 'stopping';

/**
 * Runs members as child processes, together: all up or none at the start, one stop for all at the end. Between, each
 * lives its own life.
 *
 * Each child leads a session of its own. So a Ctrl-C of the terminal reaches the launcher alone, and each child is told
 * to stop once, not twice; and a kill -9 of one is about that one only.
 */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #children = new Map<Member, ChildProcess>();
  readonly #settled = new AbortController();
  #state: State = 'starting';
  #exitCode = 0;
  #restartsPending = 0;
  /** The last leader that was told of; undefined once its process has gone. */
  #leader: Member | undefined;
  #resolveClosed: (exitCode: number) => void = () => undefined;

  /** When no child is left: the code to exit with. 0 if all started, and all stopped cleanly when they were told to. */
  readonly closed = new Promise<number>((resolve) => {
    this.#resolveClosed = resolve;
  });

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  pid(member: Member): number | undefined {
    return this.#children.get(member)?.pid;
  }

  /** Returns when the members are ready, or have been told to stop: `closed` says how it went. */
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
        this.#options.say(`the nodes have not agreed on a leader within ${this.#options.readyLimitMs / 1000} s`);
        this.#fail();
      } else {
        await this.#pause(100);
      }
    }
  }

  get stopping(): boolean {
    return this.#state === 'stopping';
  }

  /** Tells every member to stop, once: a closing terminal is heard of in several ways. */
  stop(): void {
    if (this.stopping) return;
    this.#state = 'stopping';
    this.#settled.abort();
    this.#signalAll('SIGTERM');
    this.#closeIfOver();
    if (this.#children.size > 0) void this.#killLate();
  }

  /** Does not ask any more. */
  killAll(): void {
    this.#signalAll('SIGKILL');
  }

  /** Tells of each new leader. A majority's word is enough here: a member may be down. */
  async #watchLeader(): Promise<void> {
    const majority = Math.floor(this.#options.members.length / 2) + 1;
    while (this.#state === 'running') {
      await this.#pause(this.#options.leaderPollMs);
      const leader = await this.#options.findLeader(majority);
      if (this.#state !== 'running') return;
      // One without a process was killed while it was asked.
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
    child.on('error', (error) => this.#options.say(`${member.name} cannot be started: ${error.message}`));
    // Not 'exit': by then its last lines may still be in the pipe. A child that could not be spawned closes too.
    child.on('close', (code, signal) => this.#onClose(member, code, signal));
  }

  #onClose(member: Member, code: number | null, signal: NodeJS.Signals | null): void {
    this.#children.delete(member);
    // Should it be elected again, it is another process that leads.
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
        `${member.name} stopped by itself (exit code ${code}); the others go on. To start it ${byHand}`,
      );
    } else if (this.#options.restart) {
      this.#options.say(
        `${member.name} was killed (${signal}); it starts again in ${this.#options.restartDelayMs / 1000} s`,
      );
      void this.#restart(member);
    } else {
      this.#options.say(`${member.name} was killed (${signal}); the others go on. To start it ${byHand}`);
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
      this.#options.say(`${member.name} has not stopped within ${this.#options.stopLimitMs / 1000} s: killing it`);
      this.#exitCode = 1;
    }
    this.#signalAll('SIGKILL');
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const child of this.#children.values()) child.kill(signal);
  }

  /** Ends early when the launcher stops. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#settled;
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
