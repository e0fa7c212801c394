import type { NodeStatus } from '../../src/node/status.js';
import type { ConfChangeApplication } from '../../src/ports/state-machine.js';
import type { ConfState, Entry } from '../../src/raft/types.js';
import type { LogStore } from '../../src/ports/log.js';
import type { Assembly } from '../../src/server/assembly/assembly.js';
import { ConfigError } from '../../src/server/settings/urls.js';
import { asError } from '../../src/util/error.js';
import { LogError } from '../../src/wal/errors.js';
import type { DiskOperation } from '../support/faulty-disk.js';
import { VirtualMember, type VirtualMemberOptions } from '../support/virtual-member.js';
import { isInjected } from './injected.js';
import type { Invariants, Witness } from './invariants.js';
import type { Trace } from './trace.js';
import { WatchedLog } from './watched-log.js';

export type Operation = DiskOperation | { readonly kind: 'batch' };

/** Why there is no process: it will be started again; it has lost data and must be replaced; it was removed. */
export type Fate = 'wanted' | 'damaged' | 'removed';

export interface MachineOptions {
  readonly member: Omit<VirtualMemberOptions, 'probe' | 'logger'>;
  readonly label: string;
  readonly trace: Trace;
  readonly invariants: Invariants;
  /** Time for which a process that has died stays down, in ms. */
  readonly downMs: () => number;
  /** Called before every operation of its disk and engine. */
  readonly before: (machine: Machine, operation: Operation) => void | Promise<void>;
  /** The same for operations in the turn of their caller. */
  readonly beforeInTurn: (machine: Machine, operation: DiskOperation) => void;
  readonly onViolation: (what: string) => void;
  /** Whether any member knows that this one was removed. */
  readonly wasRemoved: (machine: Machine) => boolean;
  readonly onConfChange: (application: ConfChangeApplication) => void;
  readonly onApplies: (entries: readonly Entry[]) => void;
  readonly onApplied: (machine: Machine) => void;
  readonly onStarted: () => void;
  /** Called when its process, and so its connections, are gone. */
  readonly onDead: () => void;
}

/** A member with its disk, and a supervisor that restarts it when it dies. */
export class Machine implements Witness {
  readonly id: number;
  readonly label: string;
  readonly member: VirtualMember;
  readonly confs: ConfState[] = [];
  readonly rate: number;
  fate: Fate = 'wanted';
  /** Bits of its log that have rotted since the last start that found no damage. */
  rotten = 0;
  /** Whether it waits for the operator to start it. */
  held = false;
  log: WatchedLog | undefined;
  readonly #options: MachineOptions;
  #starting = false;
  #rottenAtStart = 0;

  constructor(options: MachineOptions) {
    const { member, label, trace } = options;
    this.#options = options;
    this.id = member.id;
    this.label = label;
    this.rate = member.rate;
    this.member = new VirtualMember({
      ...member,
      logger: trace.logger(this),
      probe: {
        before: (operation) => options.before(this, operation),
        beforeInTurn: (operation) => options.beforeInTurn(this, operation),
        log: (log) => this.#watch(log),
        assembled: (assembly) => this.#onAssembled(assembly),
        exited: (error) => this.#onExit(error),
      },
    });
  }

  get status(): NodeStatus | undefined {
    return this.member.running || this.isPaused ? this.member.assembly.node.status() : undefined;
  }

  /** Whether it runs, and is not stopped by a signal. */
  get running(): boolean {
    return this.member.running;
  }

  get isPaused(): boolean {
    return !this.member.dead && !this.#starting && this.member.clock.paused;
  }

  get dead(): boolean {
    return this.member.dead;
  }

  /** By its own members table, which it must have. */
  get isLearner(): boolean {
    return this.member.assembly.store.member(this.id)?.isLearner === true;
  }

  /** It may refuse to start. */
  get suspect(): boolean {
    return this.rotten > 0;
  }

  /** Bytes on its disk for all files together. */
  set spaceBytes(bytes: number) {
    this.member.disk.spaceBytes = bytes;
  }

  get confState(): ConfState | undefined {
    return this.member.running || this.isPaused ? this.member.assembly.node.confState : undefined;
  }

  /** Checks it after a step. */
  look(): void {
    if (this.running) this.#options.invariants.look(this);
  }

  crash(how: 'kill' | 'power'): void {
    if (this.dead) return;
    this.look();
    this.#options.trace.line(this, how === 'kill' ? 'KILLED' : 'LOSES POWER');
    this.#starting = false;
    if (how === 'kill') this.member.kill();
    else this.member.losePower();
    this.#died();
    this.startLater();
  }

  /** Lets the supervisor act. */
  startLater(delayMs = this.#options.downMs()): void {
    this.#options.member.time.schedule(delayMs, () => this.start());
  }

  start(): void {
    if (!this.dead || this.held || this.fate !== 'wanted') return;
    this.#starting = true;
    this.#rottenAtStart = this.rotten;
    this.#options.trace.line(this, 'starts');
    this.member.start().then(
      () => this.#onStarted(),
      (error: unknown) => this.#onRefusal(asError(error)),
    );
  }

  /** Stops its process cleanly. */
  async stop(): Promise<void> {
    this.#options.trace.line(this, 'is stopped');
    try {
      await this.member.stop();
    } catch (error) {
      this.#onExit(asError(error));
      return;
    }
    if (!this.dead) return;
    this.#died();
    this.startLater();
  }

  #watch(log: LogStore): LogStore {
    const { invariants, onViolation } = this.#options;
    this.log = new WatchedLog({
      log,
      book: invariants.book,
      before: this.log?.durable,
      onViolation: (what) => onViolation(`${this.label}: ${what}`),
      onAppend: (entries) => invariants.appends(this, entries),
    });
    return this.log;
  }

  /** Observes the entries that it applies. */
  #onAssembled({ store }: Assembly): void {
    const { invariants, onApplies, onApplied } = this.#options;
    const applied = (): void => {
      const index = store.appliedIndex();
      invariants.applied(this, index, store.revision());
      invariants.records(this, index, store.recordHashAt(index));
      onApplied(this);
    };
    this.#starting = false;
    this.rotten -= this.#rottenAtStart;
    invariants.forget(this.id);
    this.confs.splice(0, this.confs.length, store.confState());
    applied();
    invariants.look(this);
    const apply = store.apply.bind(store);
    store.apply = async (entries) => {
      invariants.applies(this, entries);
      onApplies(entries);
      await apply(entries);
      applied();
    };
    const applyConfChange = store.applyConfChange.bind(store);
    store.applyConfChange = async (application) => {
      // The snapshot is active already, and may have committed more.
      invariants.confChanged(this, application);
      invariants.applies(this, [application.entry]);
      this.#options.onConfChange(application);
      onApplies([application.entry]);
      await applyConfChange(application);
      applied();
    };
    const restore = store.restore.bind(store);
    store.restore = async (metadata) => {
      invariants.restores(this, metadata);
      await restore(metadata);
      applied();
    };
  }

  #onStarted(): void {
    if (this.dead) return;
    this.#options.trace.line(this, 'is up');
    this.#options.onStarted();
  }

  #died(): void {
    this.#options.invariants.forget(this.id);
    this.#options.onDead();
  }

  #onRefusal(error: Error): void {
    const { trace, onViolation } = this.#options;
    this.#starting = false;
    this.#died();
    trace.line(this, `does not start: ${error.message}`);
    if (this.suspect && error instanceof LogError && error.code === 'damaged') this.fate = 'damaged';
    else if (isInjected(error)) this.startLater();
    else onViolation(`${this.label}: does not start: ${error.message}`);
  }

  /** A process ends by itself only if its member was removed or its disk failed. */
  #onExit(error: Error | undefined): void {
    const { trace, onViolation } = this.#options;
    trace.line(this, `EXITS: ${error?.message ?? 'cleanly'}`);
    this.#died();
    const isDamage = this.suspect && error instanceof LogError && error.code === 'damaged';
    if (error === undefined || error instanceof ConfigError) {
      if (!this.#options.wasRemoved(this)) onViolation(`${this.label}: stops, although it was not removed`);
      this.fate = 'removed';
    } else if (isDamage || isInjected(error)) this.startLater();
    else onViolation(`${this.label}: stops: ${error.message}`);
  }
}
