import type { ConfState, Entry } from '../raft/types.js';

/** The replicated state machine, as the node feeds it from commitC. */
export interface StateMachine {
  /** The last applied entry; 0 before the first. Survives a crash with the data it produced. */
  appliedIndex(): number;
  /** The configuration as of the applied index. */
  confState(): ConfState;
  /**
   * Applies committed entries, in order, as one atomic batch that also holds the applied index. Resolves once readers
   * see it. Rejects only for what is fatal; what is wrong with a command is that command's answer.
   */
  apply(entries: readonly Entry[]): Promise<void>;
  /** Resolves with an applied index that is durable: the log may forget what lies at or below it. */
  barrier(): Promise<number>;
}
