import type { KvStore } from '../../kv/store.js';
import { AppliedWaiters } from '../../node/loop/applied-waiters.js';
import type { ConfChangeApplication, StateMachine } from '../../ports/state-machine.js';
import type { ConfChange, ConfState, Entry, SnapshotMetadata } from '../../raft/types.js';
import type { ApplyDurations } from '../monitoring/apply-durations.js';
import { Topic } from '../../util/topic.js';

/** Where the duration of applying goes. */
export interface Measured {
  /** Monotonic time, in ms. */
  readonly now: () => number;
  readonly durations: Pick<ApplyDurations, 'applied'>;
}

export interface ObservedStoreOptions extends Measured {
  /** Called when a call begins to wait for a revision. */
  readonly onWait: () => void;
}

/** The store as the node drives it. Publishes what the other parts wait for. */
export class ObservedStore implements StateMachine {
  /** Calls that wait for a revision. */
  readonly revisionWaiters: AppliedWaiters;
  /** Size of each applied batch of commands, with the index entries that it writes, in bytes. */
  readonly appliedBytes = new Topic<number>();
  /** The members table may have changed. */
  readonly membersChanged = new Topic<void>();
  readonly #store: KvStore;

  readonly #measured: Measured;

  constructor(store: KvStore, { onWait, ...measured }: ObservedStoreOptions) {
    this.#store = store;
    this.#measured = measured;
    this.revisionWaiters = new AppliedWaiters(onWait);
  }

  appliedIndex(): number {
    return this.#store.appliedIndex();
  }

  confState(): ConfState {
    return this.#store.confState();
  }

  async apply(entries: readonly Entry[]): Promise<void> {
    const { now, durations } = this.#measured;
    const startMs = now();
    const indexBytes = this.#store.indexBytes;
    await this.#store.apply(entries);
    durations.applied(now() - startMs);
    // An entry of a few bytes may have index entries of megabytes.
    const writtenBytes = this.#store.indexBytes - indexBytes;
    this.appliedBytes.publish(entries.reduce((sum, { data }) => sum + data.length, writtenBytes));
    this.#revisionReached();
  }

  admits(change: ConfChange): boolean {
    return this.#store.admits(change);
  }

  async applyConfChange(application: ConfChangeApplication): Promise<void> {
    await this.#store.applyConfChange(application);
    this.#revisionReached();
    this.membersChanged.publish();
  }

  durableIndex(): Promise<number> {
    return this.#store.durableIndex();
  }

  barrier(): Promise<number> {
    return this.#store.barrier();
  }

  openSnapshot(): ReturnType<StateMachine['openSnapshot']> {
    return this.#store.openSnapshot();
  }

  receiveSnapshot(): ReturnType<StateMachine['receiveSnapshot']> {
    return this.#store.receiveSnapshot();
  }

  async restore(metadata: SnapshotMetadata): Promise<void> {
    await this.#store.restore(metadata);
    this.membersChanged.publish();
    this.#revisionReached();
  }

  sizeBytes(): Promise<number> {
    return this.#store.sizeBytes();
  }

  #revisionReached(): void {
    this.revisionWaiters.reached(this.#store.revision());
  }
}
