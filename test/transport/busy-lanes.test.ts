import { expect } from 'chai';
import type { Packet, Round } from '../../src/ports/transport.js';
import { poll } from '../support/poll.js';
import { append, LinkedMembers } from './linked-members.js';
import { type Member, packet } from './members.js';

/** More than the system takes for a socket whose other end does not read, in bytes. */
const STUCK_BYTES = 48 * 1024 * 1024;

const round = (sequence: number): Round => ({ term: 1, sequence, echo: undefined, minMatch: 0 });

/** The packet with a round, once it has arrived. */
function carrierOf(member: Member, sequence: number): Promise<Packet> {
  return poll(
    `round ${sequence}`,
    () => member.packets.find((received) => received.packet.round?.sequence === sequence)?.packet,
  );
}

/**
 * A round travels with short appends if nothing is before them: the leader's lease and every ReadIndex round depend on its
 * arrival in time.
 */
describe('PeerTransport, rounds beside appends,', () => {
  const members = new LinkedMembers();

  afterEach(() => members.stop());

  it('travel with short appends, on their lane', async () => {
    const [a, b] = await members.pair();
    a.transport.send(2, packet([append(1, 1)], { round: round(1) }));
    expect((await carrierOf(b, 1)).messages.map(({ index }) => index)).to.deep.equal([1]);
  });

  it('do not wait behind what the append lane holds in its queue', async () => {
    const [a, b] = await members.pair();
    a.transport.send(2, packet([append(1, 300_000)]));
    a.transport.send(2, packet([append(2, 1)], { round: round(1) }));
    expect((await carrierOf(b, 1)).messages).to.deep.equal([]);
    await poll('the appends', () => b.messages.length === 2 || undefined);
  });

  it('do not wait behind what its socket has not sent', async () => {
    const [a, b] = await members.pair();
    a.transport.send(2, packet([append(1, 100_000)]));
    await poll('the append', () => b.messages[0]);
    const [bulk] = b.sockets.toSorted((left, right) => right.bytesRead - left.bytesRead);
    bulk?.pause();
    a.transport.send(2, packet([append(2, STUCK_BYTES)]));
    // Its frame leaves the queue at the end of the turn.
    await new Promise(setImmediate);
    a.transport.send(2, packet([append(3, 1)], { round: round(1) }));
    expect((await carrierOf(b, 1)).messages).to.deep.equal([]);
    expect(b.messages.length).to.equal(1);
    bulk?.resume();
    await poll('the appends', () => b.messages.length === 3 || undefined);
    expect(b.messages.map(({ index }) => index)).to.deep.equal([1, 2, 3]);
  });
});
