import type { ConfChange, ConfState, Entry, SnapshotMetadata } from '../raft/types.js';
import type { SnapshotSink, SnapshotSource } from './snapshot.js';

/** A change of the configuration that is committed, and what became of it. */
export interface ConfChangeApplication {
  readonly entry: Entry;
  readonly change: ConfChange;
  /** False: the state machine or the core had something against it, on every member alike. It changes nothing then. */
  readonly admitted: boolean;
  /** The configuration from here on. */
  readonly confState: ConfState;
}

/** The replicated state machine, as the node feeds it from commitC. */
export interface StateMachine {
  /** The last applied entry; 0 before the first. Survives a crash with the data it produced. */
  appliedIndex(): number;
  /** The configuration as of the applied index. */
  confState(): ConfState;
  /**
   * Applies committed normal entries in order, in atomic batches that also hold the applied index. An entry may take many
   * turns of the event loop. Resolves once readers see all of them. Rejects only with a fatal error; an error of a command
   * is that command's answer.
   */
  apply(entries: readonly Entry[]): Promise<void>;
  /** Whether the state has nothing against a change that comes next; the same on every member. */
  admits(change: ConfChange): boolean;
  /** Applies the entry of a change as one atomic batch: what the change does, the configuration, the applied index. */
  applyConfChange(application: ConfChangeApplication): Promise<void>;
  /** Resolves with an applied index that is durable: the log may forget what lies at or below it. */
  barrier(): Promise<number>;
  /** The published state, held fast in this turn. */
  openSnapshot(): SnapshotSource;
  /** What takes a snapshot on, in the place of what did before. The state in force knows nothing of it. */
  receiveSnapshot(): SnapshotSink;
  /** Puts the state that was taken on in force, whole: durable, and seen by readers, once it resolves. */
  restore(metadata: SnapshotMetadata): Promise<void>;
  /** Bytes that the state takes, roughly: what it would cost to send it. */
  sizeBytes(): Promise<number>;
}
