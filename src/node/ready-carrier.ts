import type { LogStore } from '../ports/log.js';
import type { StateMachine } from '../ports/state-machine.js';
import type { Packet, Transport } from '../ports/transport.js';
import type { RawNode } from '../raft/raw-node.js';
import type { HardState, Message, NodeId, Ready, SnapshotMetadata } from '../raft/types.js';
import { assert } from '../util/assert.js';
import type { Authority } from './authority.js';
import type { CommitBatch } from './applier.js';
import type { Outbox } from './outbox.js';
import type { SnapshotReceiver } from './snapshot-receiver.js';
import type { SnapshotSender } from './snapshot-sender.js';

export interface ReadyCarrierOptions {
  readonly raw: RawNode;
  readonly log: LogStore;
  readonly stateMachine: Pick<StateMachine, 'restore'>;
  readonly transport: Transport;
  readonly authority: Authority;
  readonly outbox: Outbox;
  readonly sender: SnapshotSender;
  readonly receiver: SnapshotReceiver;
  /** Puts committed entries on commitC, which had room for them. */
  readonly handOver: (committed: CommitBatch) => void;
  /** A snapshot is in force: the state is at this index. */
  readonly onRestored: (index: number) => void;
}

/**
 * Carries out what a Ready asks, in this order: send what may go at once, make a snapshot, entries and hard state
 * durable, send what depended on that, hand committed entries to the applier.
 */
export class ReadyCarrier {
  readonly #options: ReadyCarrierOptions;

  constructor(options: ReadyCarrierOptions) {
    this.#options = options;
  }

  async carryOut(ready: Ready): Promise<void> {
    const { raw, log, outbox, sender, handOver } = this.#options;
    // The applier may begin at once with what is on this disk already, and with nothing that is not: a state ahead of
    // its own log could not be opened again.
    const early = ready.entries.length === 0;
    if (early) handOver(ready.committedEntries);
    this.#post(ready.messages);
    sender.settle();
    // An answer to a round rides with the answer to the append that came with it, if there is one.
    this.flush({ bareAcks: ready.messagesAfterAppend.length === 0 });
    if (ready.snapshot !== undefined) await this.#install(ready.snapshot.metadata, ready.hardState);
    // A state that a crash takes back from before a change of the configuration does no harm: whose log holds a later
    // change knows that the one before it is committed, since both stand in one batch here, and applies it first.
    if (ready.entries.length > 0 || ready.hardState !== undefined) {
      await log.append({ entries: ready.entries, hardState: ready.hardState, mustSync: ready.mustSync });
    }
    outbox.add(ready.messagesAfterAppend);
    this.flush({ bareAcks: true });
    if (!early) handOver(ready.committedEntries);
    raw.advance();
  }

  /** Hands to the transport what waits in the outbox. */
  flush(options: { bareAcks: boolean }): void {
    const { transport, outbox, authority } = this.#options;
    const send = (to: NodeId, packet: Packet): void => transport.send(to, packet);
    if (!outbox.empty) {
      const sendsTimeoutNow = outbox.holds('MsgTimeoutNow');
      outbox.flush(authority.roundForTurn({ sendsTimeoutNow }), send);
    }
    if (options.bareAcks) outbox.flushAcks(send);
  }

  #post(messages: readonly Message[]): void {
    const { outbox, sender } = this.#options;
    const snapshots = messages.filter(({ type }) => type === 'MsgSnap');
    outbox.add(snapshots.length === 0 ? messages : messages.filter(({ type }) => type !== 'MsgSnap'));
    for (const message of snapshots) sender.send(message);
  }

  /**
   * The staged state is durable. The log goes on behind it next, durably, and then it is put in force: a crash in between
   * leaves a log that begins behind a state which is staged, and the next start ends what was begun.
   */
  async #install(metadata: SnapshotMetadata, hardState: HardState | undefined): Promise<void> {
    const { log, stateMachine, receiver, onRestored } = this.#options;
    assert(receiver.holds(metadata), `the core takes on the snapshot at ${metadata.index}, which is here`);
    // A log must not end in a term that its hard state has not reached.
    if (hardState !== undefined) {
      const commit = Math.min(hardState.commit, log.lastIndex());
      await log.append({ entries: [], hardState: { ...hardState, commit }, mustSync: true });
    }
    await log.resetTo(metadata);
    await stateMachine.restore(metadata);
    await receiver.done('restored');
    onRestored(metadata.index);
  }
}
