import { expect } from 'chai';
import { PacketCollector } from '../../../src/node/loop/packet-collector.js';
import type { Packet } from '../../../src/ports/transport.js';
import { makeMessage } from '../../../src/raft/messages.js';
import type { Message } from '../../../src/raft/types.js';

const LEADER = 1;
const SPARE = 3;
const ACK = { term: 2, sequence: 1, timeMs: 0 };

/** A follower's answer to an append. */
function acknowledged(index: number, fields: Partial<Message> = {}): Message {
  return makeMessage({ type: 'MsgAppResp', to: LEADER, from: 2, term: 2, index, ...fields });
}

/** What one turn sends: the packets with messages, then the bare answers to rounds. */
function flush(packets: PacketCollector): Packet[] {
  const sent: Packet[] = [];
  const send = (_to: number, packet: Packet): void => void sent.push(packet);
  packets.flush(() => undefined, send);
  packets.flushAcks(send);
  return sent;
}

function indexes(sent: readonly Packet[]): number[][] {
  return sent.map(({ messages }) => messages.map(({ index }) => index));
}

/**
 * Followers answered each new commit index as they answer entries: two packets for each put in place of one.
 */
describe('PacketCollector, acknowledgements that repeat an earlier one', () => {
  let packets: PacketCollector;
  beforeEach(() => {
    packets = new PacketCollector((peer) => peer === SPARE);
    packets.add([acknowledged(7)]);
    expect(indexes(flush(packets))).to.deep.equal([[7]]);
  });

  it('keeps one back for the next packet to that leader', () => {
    packets.add([acknowledged(7)]);
    packets.ack(LEADER, ACK, { urgent: false });
    expect(flush(packets)).to.deep.equal([]);
    packets.add([acknowledged(8)]);
    const [packet] = flush(packets);
    expect(packet?.messages.map(({ index }) => index)).to.deep.equal([7, 8]);
    expect(packet?.ack).to.deep.equal(ACK);
    expect(flush(packets)).to.deep.equal([]);
  });

  it('sends one at the next tick if there is no other packet', () => {
    packets.add([acknowledged(6), acknowledged(7)]);
    packets.ack(LEADER, ACK, { urgent: false });
    packets.tick();
    const sent = flush(packets);
    expect(indexes(sent)).to.deep.equal([[7]]);
    expect(sent[0]?.ack).to.deep.equal(ACK);
  });

  it('sends an answer to a round at the next tick even without an acknowledgement', () => {
    packets.ack(LEADER, ACK, { urgent: false });
    expect(flush(packets)).to.deep.equal([]);
    packets.tick();
    expect(flush(packets)).to.deep.equal([{ group: 0, messages: [], round: undefined, ack: ACK }]);
  });

  it('sends an urgent answer to a round at once', () => {
    packets.ack(LEADER, ACK, { urgent: true });
    expect(flush(packets)).to.deep.equal([{ group: 0, messages: [], round: undefined, ack: ACK }]);
  });

  it('sends refusals, acknowledgements of a later term and those of more entries at once', () => {
    for (const message of [
      acknowledged(7, { reject: true }),
      acknowledged(7, { term: 3 }),
      acknowledged(9, { term: 3 }),
    ]) {
      packets.add([message]);
      expect(indexes(flush(packets))).to.deep.equal([[message.index]]);
    }
  });

  it('sends one at once after a change of the link, on which the earlier one may have been lost', () => {
    packets.forget(LEADER);
    packets.add([acknowledged(7)]);
    expect(indexes(flush(packets))).to.deep.equal([[7]]);
  });
});

/**
 * A leader sent each new commit index at once, and before it answered the client that waited for the commit. With a
 * client that writes one value after the other, that was one more packet to each member for each put.
 */
describe('PacketCollector, appends without entries', () => {
  const commit = (index: number): Message =>
    makeMessage({ type: 'MsgApp', to: 2, from: LEADER, term: 2, index: 7, logTerm: 2, commit: index });
  const entries = (index: number): Message => ({
    ...commit(index),
    entries: [{ type: 'normal', term: 2, index: 8, data: new Uint8Array() }],
  });
  const commits = (sent: readonly Packet[]): number[][] =>
    sent.map(({ messages }) => messages.map((message) => message.commit));

  it('are sent when they are released, the newest for each peer', () => {
    const packets = new PacketCollector((peer) => peer === SPARE);
    packets.add([commit(6), commit(7)]);
    expect([packets.waits, packets.empty, flush(packets).length]).to.deep.equal([true, true, 0]);
    packets.release();
    expect([packets.waits, packets.empty]).to.deep.equal([false, false]);
    expect(commits(flush(packets))).to.deep.equal([[7]]);
  });

  it('are replaced by an append with entries', () => {
    const packets = new PacketCollector((peer) => peer === SPARE);
    packets.add([commit(6)]);
    packets.add([entries(7)]);
    expect(packets.waits).to.equal(false);
    expect(commits(flush(packets))).to.deep.equal([[7]]);
  });

  /** The append without entries went first: the follower lacked the entry before it, and refused. */
  it('stay behind an append with entries of the same turn', () => {
    const packets = new PacketCollector((peer) => peer === SPARE);
    packets.add([entries(6), { ...commit(7), index: 8 }]);
    const [packet] = flush(packets);
    expect(packet?.messages.map(({ index }) => index)).to.deep.equal([7, 8]);
    expect(packets.waits).to.equal(false);
  });

  it('do not wait for a peer that has forwarded proposals lately', () => {
    const packets = new PacketCollector((peer) => peer === SPARE);
    packets.forwarded(2);
    packets.tick();
    packets.add([commit(6)]);
    expect(commits(flush(packets))).to.deep.equal([[6]]);
    packets.tick();
    packets.add([commit(7)]);
    expect(packets.waits).to.equal(true);
  });

  it('travel with other messages to their peer', () => {
    const packets = new PacketCollector((peer) => peer === SPARE);
    packets.add([commit(6), makeMessage({ type: 'MsgTimeoutNow', to: 2, from: LEADER, term: 2 })]);
    const [packet] = flush(packets);
    expect(packet?.messages.map(({ type }) => type)).to.deep.equal(['MsgApp', 'MsgTimeoutNow']);
    expect(packets.waits).to.equal(false);
  });
});
