import type { Clock } from '../ports/clock.js';
import type { LogStore } from '../ports/log.js';
import type { StateMachine } from '../ports/state-machine.js';
import type { Transport } from '../ports/transport.js';
import type { RefuseReason } from '../raft/outcome.js';
import type { ConfChange, MessageType, NodeId } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import type { NodeConfig } from './config.js';
import type { NodeStatus } from './status.js';

/** Pure functions of the entry: all members must decide alike. */
export interface ReadableEntries {
  /** Whether the data of a normal entry can be applied. */
  command(data: Uint8Array): boolean;
  /** Whether a configuration change can be applied. */
  change(change: ConfChange): boolean;
}

export interface NodeOptions {
  readonly id: NodeId;
  readonly config: NodeConfig;
  readonly log: LogStore;
  readonly stateMachine: StateMachine;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /**
   * This member was removed before it was stopped. It takes part until the others know of the removal for certain, and
   * then stops with this error.
   */
  readonly removed?: Error | undefined;
  /** What the state machine can apply. Entries that it cannot are refused when they arrive. Default: all. */
  readonly readable?: ReadableEntries;
  /** Whether a client of this member waits for something that is to be applied. Default: always. */
  readonly isAwaited?: () => boolean;
  /** Called when the core refuses a message that no sound member sends. */
  readonly onRefused?: (from: NodeId, refusal: { readonly type: MessageType; readonly reason: RefuseReason }) => void;
  /** Called when the role, the term or the known leader has changed. */
  readonly onLeadership?: (status: NodeStatus) => void;
  /** Called with each message that another member sent with `call`. */
  readonly onCall?: (from: NodeId, call: Uint8Array) => void;
}
