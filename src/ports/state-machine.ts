import type { ConfChange, ConfState, Entry, SnapshotMetadata } from '../raft/types.js';
import type { SnapshotSink, SnapshotSource } from './snapshot.js';

/** A committed configuration change, and its outcome. */
export interface ConfChangeApplication {
  readonly entry: Entry;
  readonly change: ConfChange;
  /** False if the state machine or the core rejected it, on every member alike. It changes nothing then. */
  readonly admitted: boolean;
  /** The configuration after the entry. */
  readonly confState: ConfState;
}

/** The replicated state machine, as the node feeds it from commitC. */
export interface StateMachine {
  /** Index of the last applied entry; 0 before the first. Persisted atomically with the data. */
  appliedIndex(): number;
  /** The configuration as of the applied index. */
  confState(): ConfState;
  /**
   * Applies committed normal entries in order, in atomic batches that also hold the applied index. An entry may take many
   * turns of the event loop. Resolves once readers see all of them. Rejects only with a fatal error; an error of a command
   * is that command's answer.
   */
  apply(entries: readonly Entry[]): Promise<void>;
  /** Whether the state allows the next change. The same on every member. */
  admits(change: ConfChange): boolean;
  /** Applies the entry of a change as one atomic batch: its effects, the configuration, the applied index. */
  applyConfChange(application: ConfChangeApplication): Promise<void>;
  /** Resolves with an applied index that is known to be durable, as of some earlier call; 0 if there is none. */
  durableIndex(): Promise<number>;
  /** Makes the applied index durable, and resolves with it: the log may drop entries up to it. */
  barrier(): Promise<number>;
  /** Pins the published state, in this turn of the event loop. */
  openSnapshot(): SnapshotSource;
  /** Makes a sink for a snapshot, which replaces the sink before. The current state is not affected. */
  receiveSnapshot(): SnapshotSink;
  /** Makes the received state the current one: durable and visible to readers once it resolves. */
  restore(metadata: SnapshotMetadata): Promise<void>;
  /** Approximate bytes of the state: the cost of sending it. */
  sizeBytes(): Promise<number>;
}
