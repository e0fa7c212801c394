import { AssertionError } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import { ByteWindow } from './byte-window.js';
import type { ResolvedConfig } from './config.js';
import { RaftLog } from './log.js';
import { makeMessage, waitsForAppend } from './messages.js';
import type { MessageFields } from './messages.js';
import { lastUnreadable } from './readable.js';
import { ReadOnly } from './read-only.js';
import { Tracker } from './tracker/tracker.js';
import { NONE } from './types.js';
import type { Entry, HardState, Message, NodeId, ReadState, Role, SoftState } from './types.js';

/**
 * The state of one node (paper, figure 2). The rules are elsewhere: in the roles (follower.ts, candidate.ts, leader.ts) and
 * in the transitions between them (transitions.ts). Each field states its invariant.
 */
export class RaftState {
  readonly id: NodeId;
  readonly config: ResolvedConfig;
  readonly logger: Logger;
  readonly log: RaftLog;
  readonly tracker: Tracker;

  /** Never decreases. */
  term: number;
  /** The candidate that got this node's vote in `term`. Once set, it changes only with the term. */
  vote: NodeId;
  role: Role = 'follower';
  /** The leader of `term`, once it is known. A term has at most one (paper, section 5.2). */
  leader: NodeId = NONE;
  /** Leader only: the target of a leadership transfer. While set, proposals are dropped. */
  transferee: NodeId = NONE;

  /** Ticks since the last message of the leader or granted vote; on a leader, since the last check of the quorum. */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  /** The current election timeout, in [T, 2T−1] ticks. */
  randomizedElectionTicks = 0;

  /** Leader only: no configuration change is appended before all entries up to this index are applied. */
  pendingConfIndex = 0;
  /** Leader only: it began a transfer in this term. A late MsgTimeoutNow may depose it, so its lease has ended. */
  leaseForfeited = false;
  /** Leader only: its appended and uncommitted entries of this term. */
  readonly uncommitted = new ByteWindow();
  /** Leader only: reads that wait for a round. */
  readOnly = new ReadOnly();
  /** Leader only: reads that wait for the first commit of the term (thesis, section 6.4). */
  earlyReads: Message[] = [];
  /** Confirmed reads of this node, for the next Ready. */
  readStates: ReadState[] = [];

  /** An entry that was found in the log at the start and cannot be applied; a leader may have replaced it since. */
  readonly #unreadable: Entry | undefined;
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
      applyUnstable: config.applyUnstable,
    });
    this.#unreadable = lastUnreadable(this.log, config.canApply);
    if (this.#unreadable !== undefined) {
      const { index, term: at } = this.#unreadable;
      const text = 'an uncommitted entry cannot be applied: this node does not campaign until a leader has replaced it';
      this.logger.error(text, { id: this.id, index, term: at });
    }
    this.tracker = new Tracker({ messages: config.maxInflightMessages, bytes: config.maxInflightBytes });
    this.tracker.configure(confState, { self: this.id, lastIndex: this.log.lastIndex });
  }

  get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  get softState(): SoftState {
    return { leader: this.leader, role: this.role };
  }

  /** Whether this node may become leader: a voter that is not restoring a snapshot, and can apply its whole log. */
  get promotable(): boolean {
    const self = this.tracker.progress.get(this.id);
    const isVoter = self !== undefined && !self.isLearner;
    return isVoter && this.log.pendingSnapshot === undefined && !this.#holdsUnreadable();
  }

  #holdsUnreadable(): boolean {
    return this.#unreadable !== undefined && this.log.matches(this.#unreadable);
  }

  /** Until then, a leader's commit index may be behind what earlier leaders committed (thesis, section 6.4). */
  get hasCommittedInTerm(): boolean {
    return this.log.matches({ index: this.log.committed, term: this.term });
  }

  get hasMessages(): boolean {
    return this.#messages.length > 0;
  }

  get hasMessagesAfterAppend(): boolean {
    return this.#messagesAfterAppend.length > 0;
  }

  /** Queues a message of this node. Votes and their answers state their own term; proposals and reads have none. */
  send(fields: MessageFields): void {
    const carriesNoTerm = fields.type === 'MsgProp' || fields.type === 'MsgReadIndex';
    const message = makeMessage(fields, { from: this.id, term: carriesNoTerm ? 0 : this.term });
    if (this.#waitsForAppend(message.type)) {
      // Votes and acknowledgements promise durable state (paper, figure 2).
      this.#messagesAfterAppend.push(message);
    } else {
      if (message.to === this.id) throw new AssertionError(`${message.type} to itself`);
      this.#messages.push(message);
    }
  }

  /** With asynchronous storage, the embedder delays vote requests: see the head of index.ts. */
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
