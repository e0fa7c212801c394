import { assert } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import { ByteWindow } from './byte-window.js';
import type { ResolvedConfig } from './config.js';
import { RaftLog } from './log.js';
import { makeMessage, waitsForAppend } from './messages.js';
import type { MessageFields } from './messages.js';
import { ReadOnly } from './read-only.js';
import { Tracker } from './tracker/tracker.js';
import { NONE } from './types.js';
import type { HardState, Message, NodeId, ReadState, Role, SoftState } from './types.js';

/**
 * Everything that one node knows. It holds no rules: the roles (follower.ts, candidate.ts, leader.ts) and the ways
 * between them (transitions.ts) act on it. What every field must satisfy stands beside it.
 */
export class RaftState {
  readonly id: NodeId;
  readonly config: ResolvedConfig;
  readonly logger: Logger;
  readonly log: RaftLog;
  readonly tracker: Tracker;

  /** Never goes back. */
  term: number;
  /** Whom this node voted for in `term`; once set, it changes only with the term. */
  vote: NodeId;
  role: Role = 'follower';
  /** The leader of `term`, once heard from; a term has at most one (paper, section 5.2). */
  leader: NodeId = NONE;
  /** Leader only: whom it hands over to. While set, proposals are refused. */
  transferee: NodeId = NONE;

  /** Ticks since the leader was last heard from, or a vote granted; on a leader, since the last check of the quorum. */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  /** This election's timeout, in [T, 2T−1] ticks. */
  randomizedElectionTicks = 0;

  /** Leader only: a configuration change may lie at or below it; none is appended before all up to it is applied. */
  pendingConfIndex = 0;
  /** Leader only: it began a transfer in this term, whose TimeoutNow, however late, may depose it: no lease any more. */
  leaseForfeited = false;
  /** Leader only: what it has appended in this term and not committed. */
  readonly uncommitted = new ByteWindow();
  /** Leader only: reads that wait for a round. */
  readOnly = new ReadOnly();
  /** Leader only: reads that wait for the first commit of the term (thesis, section 6.4). */
  earlyReads: Message[] = [];
  /** Reads of this node that may be served, for the next Ready. */
  readStates: ReadState[] = [];

  #messages: Message[] = [];
  #messagesAfterAppend: Message[] = [];

  constructor(config: ResolvedConfig) {
    this.id = config.id;
    this.config = config;
    this.logger = config.logger;
    const { hardState, confState } = config.storage.initialState();
    this.term = hardState.term;
    this.vote = hardState.vote;
    this.log = new RaftLog(config.storage, hardState.commit, {
      applied: config.applied,
      maxApplyingBytes: config.maxCommittedBytesPerReady,
      // What one Ready holds is written before it is applied; beside the core, nothing says in which order the two end.
      applyUnstable: !config.asyncStorageWrites,
    });
    this.tracker = new Tracker({ messages: config.maxInflightMessages, bytes: config.maxInflightBytes });
    this.tracker.configure(confState, { self: this.id, lastIndex: this.log.lastIndex });
  }

  get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  get softState(): SoftState {
    return { leader: this.leader, role: this.role };
  }

  /** May become leader: a voter that is not in the middle of taking on a snapshot. */
  get promotable(): boolean {
    const self = this.tracker.progress.get(this.id);
    return self !== undefined && !self.isLearner && this.log.pendingSnapshot === undefined;
  }

  /** Before that, a leader's commit index may be behind what earlier leaders committed (thesis, section 6.4). */
  get hasCommittedInTerm(): boolean {
    return this.log.matches({ index: this.log.committed, term: this.term });
  }

  get hasMessages(): boolean {
    return this.#messages.length > 0;
  }

  get hasMessagesAfterAppend(): boolean {
    return this.#messagesAfterAppend.length > 0;
  }

  /** Queues a message of this node. Votes and their answers say their own term; proposals and reads carry none. */
  send(fields: MessageFields): void {
    const carriesNoTerm = fields.type === 'MsgProp' || fields.type === 'MsgReadIndex';
    const message = makeMessage(fields, { from: this.id, term: carriesNoTerm ? 0 : this.term });
    if (this.#waitsForAppend(message.type)) {
      // Votes and acknowledgements are promises about what is on this disk (paper, figure 2).
      this.#messagesAfterAppend.push(message);
    } else {
      assert(message.to !== this.id, `${message.type} to itself`);
      this.#messages.push(message);
    }
  }

  /** A request for a vote is left to the embedder where storage is asynchronous: see the head of index.ts. */
  #waitsForAppend(type: Message['type']): boolean {
    return waitsForAppend(type) && !(type === 'MsgVote' && this.config.asyncStorageWrites);
  }

  takeMessages(): readonly Message[] {
    const taken = this.#messages;
    this.#messages = [];
    return taken;
  }

  takeMessagesAfterAppend(): readonly Message[] {
    const taken = this.#messagesAfterAppend;
    this.#messagesAfterAppend = [];
    return taken;
  }
}
