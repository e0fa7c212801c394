import { expect } from 'chai';
import { Inbox } from '../../../src/node/loop/inbox.js';
import { ProposalQueue, type Proposal } from '../../../src/node/loop/proposals.js';
import type { Packet } from '../../../src/ports/transport.js';
import { makeMessage } from '../../../src/raft/messages.js';
import { dropped, OK } from '../../../src/raft/outcome.js';

const proposal = (bytes: number): Proposal => ({ data: new Uint8Array(bytes), abandoned: false, proposed: false });

const packet = (bytes: number): Packet => {
  const entries = [{ term: 1, index: 1, type: 'normal' as const, data: new Uint8Array(bytes) }];
  return { group: 0, messages: [makeMessage({ type: 'MsgApp', to: 1, entries })], round: undefined, ack: undefined };
};

describe('proposeC', () => {
  it('refuses proposals beyond its bounds in bytes and number, and accepts more once some are taken or abandoned', () => {
    const queue = new ProposalQueue({ countMax: 3, bytesMax: 100, messageBytesMax: 1000 });
    const large = proposal(150);
    expect(queue.trySend(large), 'one is let in, however large').to.equal(true);
    expect(queue.trySend(proposal(1)), 'no bytes left').to.equal(false);
    large.abandoned = true;
    queue.discardAbandoned();
    expect([1, 1, 1, 1].map((bytes) => queue.trySend(proposal(bytes)))).to.deep.equal([true, true, true, false]);
    queue.takeInto(() => OK);
    expect(queue.trySend(proposal(1))).to.equal(true);
  });

  it('counts a proposal that the core dropped until the core takes it', () => {
    const queue = new ProposalQueue({ countMax: 10, bytesMax: 100, messageBytesMax: 1000 });
    const held = proposal(100);
    queue.trySend(held);
    queue.takeInto(() => dropped('transferring'));
    expect([queue.trySend(proposal(1)), held.proposed]).to.deep.equal([false, false]);
    queue.takeInto(() => OK);
    expect([queue.trySend(proposal(1)), held.proposed]).to.deep.equal([true, true]);
  });
});

describe('Inbox', () => {
  it('drops packets beyond its bounds in number and bytes', () => {
    const inbox = new Inbox({ packetsMax: 2, bytesMax: 100 });
    for (const bytes of [1, 1, 1]) inbox.add({ from: 2, packet: packet(bytes) });
    expect(inbox.take()).to.have.length(2);
    for (const bytes of [100, 1]) inbox.add({ from: 2, packet: packet(bytes) });
    expect(inbox.take()).to.have.length(1);
    expect(inbox.take()).to.have.length(0);
  });
});
