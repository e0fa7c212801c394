import type { Clock } from '../ports/clock.js';
import type { LogStore } from '../ports/log.js';
import type { StateMachine } from '../ports/state-machine.js';
import type { Transport } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import type { NodeConfig } from './config.js';
import type { NodeStatus } from './status.js';

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
   * This member was removed in an earlier life. It takes part until those who stay know for certain, and then ends with
   * this error.
   */
  readonly removed?: Error | undefined;
  /** Called when the role, the term or the known leader has changed. */
  readonly onLeadership?: (status: NodeStatus) => void;
  /** Receives what other members ask or answer with `call`. */
  readonly onCall?: (from: NodeId, call: Uint8Array) => void;
}
