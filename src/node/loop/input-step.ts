import type { Clock } from '../../ports/clock.js';
import type { Packet } from '../../ports/transport.js';
import type { RawNode } from '../../raft/raw-node.js';
import { NONE, type Message, type NodeId } from '../../raft/types.js';
import type { Authority } from '../authority/authority.js';
import type { LearnersView } from '../authority/learners.js';
import type { LogCutter } from '../storage/log-cutter.js';
import type { NodeOptions } from '../options.js';
import type { CommitQueue } from './commit-queue.js';
import { isSimple } from './conf-changes.js';
import type { LoopInput, TransferRequest } from './loop-input.js';
import { isEmptyAppend } from './packet-collector.js';
import type { PeerSender } from './peer-sender.js';

export interface InputStepOptions {
  readonly input: LoopInput;
  readonly raw: RawNode;
  readonly clock: Clock;
  readonly authority: Authority;
  readonly peerSender: PeerSender;
  readonly cutter: Pick<LogCutter, 'distributed'>;
  readonly learners: LearnersView;
  readonly commits: Pick<CommitQueue, 'full'>;
  /** Called when role, term or leader may have changed. */
  readonly onStep: () => void;
  readonly onRefused: NodeOptions['onRefused'];
}

/** Passes all input that waits for the Ready loop to the core, in a fixed order. */
export class InputStep {
  readonly #options: InputStepOptions;
  #lastContactMs: number | undefined;

  constructor(options: InputStepOptions) {
    this.#options = options;
  }

  /** Time since the last packet of the leader, in ms; undefined before the first. */
  get sinceContactMs(): number | undefined {
    return this.#lastContactMs === undefined ? undefined : this.#options.clock.now() - this.#lastContactMs;
  }

  /**
   * Passes messages before the tick: after a pause of the process, a waiting heartbeat must reset the election timer before
   * the timer can expire.
   * @param internal messages of the storage and of a received snapshot, which are passed first
   */
  run(internal: readonly Message[]): void {
    const { input, raw, commits, onStep } = this.#options;
    for (const message of internal) raw.step(message);
    for (const { from, packet } of input.takePackets()) this.#stepPacket(from, packet);
    for (const peer of input.takeUnreachable()) raw.reportUnreachable(peer);
    for (const { to, result } of input.takeSnapshotOutcomes()) raw.reportSnapshot(to, result);
    if (input.takeTick()) this.#tick();
    const transfer = input.takeTransfer();
    if (transfer !== undefined) this.#transfer(transfer);
    // Without a leader, proposals stay in proposeC: when one fails there, it is known not to have been proposed.
    if (raw.leader !== NONE) {
      // They also stay there while the state machine cannot follow: the log would grow by what cannot be applied.
      if (!commits.full) input.proposals.takeInto((data) => raw.propose(data));
      input.confChanges.takeInto((change) => raw.proposeConfChange(change, { asV1: isSimple(change) }));
      if (input.reads.waiting) for (const context of input.reads.start()) raw.readIndex(context);
    }
    onStep();
  }

  #tick(): void {
    const { input, raw, authority, peerSender } = this.#options;
    if (authority.mayTick) raw.tick();
    peerSender.tick();
    input.reads.tick();
    input.proposals.discardAbandoned();
  }

  #transfer({ to, leader, term }: TransferRequest): void {
    const { raw } = this.#options;
    if (leader !== NONE && raw.leader === leader && raw.term === term) raw.transferLeader(to);
  }

  #step(from: NodeId, message: Message): void {
    const outcome = this.#options.raw.step(message);
    // Not reported: after each change of the configuration, a node that has left it still answers.
    if (outcome.kind !== 'refused' || outcome.reason === 'unknown-peer') return;
    this.#options.onRefused?.(from, { type: message.type, reason: outcome.reason });
  }

  #stepPacket(from: NodeId, { messages, round, ack }: Packet): void {
    const { raw, clock, authority, peerSender, cutter, learners, onStep } = this.#options;
    for (const incoming of messages) {
      if (!authority.admits(incoming)) continue;
      if (incoming.type === 'MsgProp') peerSender.forwarded(from);
      if (incoming.type === 'MsgHeartbeatResp' && incoming.context.length > 0) peerSender.confirmed(from);
      const answer = authority.correct(incoming) ?? authority.answerAlone(incoming);
      if (answer === undefined) this.#step(from, incoming);
      else peerSender.post([answer]);
      onStep();
    }
    if (raw.leader === from) this.#lastContactMs = clock.now();
    const answer = round === undefined ? undefined : authority.answer(from, round);
    if (round !== undefined && answer !== undefined) {
      // The acknowledgement of a commit index alone can wait for the answer to the leader's next append.
      const urgent = messages.length === 0 || !messages.every(isEmptyAppend);
      peerSender.ack(from, answer, { urgent });
      cutter.distributed(round.minMatch);
      learners.reported(round);
    }
    if (ack !== undefined) authority.answered(from, ack);
  }
}
