import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { expect } from 'chai';
import { LINK_PREFACE } from '../../src/transport/frame.js';
import { encodeHello } from '../../src/transport/hello.js';
import { poll } from '../support/poll.js';
import { frame, helloOf, LinkedMembers, rawLink } from './linked-members.js';
import { type Member, message } from './members.js';

describe('PeerTransport', () => {
  const members = new LinkedMembers();
  const { start, trapped } = members;

  afterEach(() => members.stop());

  /** Frames of a link that a member gave up may arrive after those of the link that replaced it. */
  describe('delivers no frame of a link after the hello of a newer one,', () => {
    const beat = (index: number): Buffer => frame(message('MsgHeartbeat', { from: 3, to: 2, index }));
    const indexes = (member: Member): number[] => member.messages.map(({ index }) => index);
    const isAt = (member: Member, last: number): Promise<true> =>
      poll(`message ${last}`, () => indexes(member).at(-1) === last || undefined);

    it('whether the old link arrives before the newer one or after it', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const hello = (number: number, incarnation = 7): Buffer =>
        encodeHello(helloOf({ proofs: [challenge], incarnation, number }));
      const first = rawLink(b, [hello(1), beat(1)], { open: true });
      await isAt(b, 1);
      const second = rawLink(b, [hello(3), beat(3)], { open: true });
      expect(await first).to.equal('replaced');
      await isAt(b, 3);
      for (const number of [2, 3])
        expect(await rawLink(b, [hello(number), beat(2)], { open: true })).to.equal('replaced');
      // A new process of the member starts its count of links again.
      const stop = new AbortController();
      const third = rawLink(b, [hello(1, 8), beat(4)], { open: true, signal: stop.signal });
      expect(await second).to.equal('replaced');
      await isAt(b, 4);
      expect(indexes(b)).to.deep.equal([1, 3, 4]);
      stop.abort();
      await third;
    });

    it('even if the old link is from an earlier process and its hello arrives last', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const early = connectSocket(b.port, '127.0.0.1');
      await once(early, 'connect');
      early.on('error', () => undefined).resume();
      early.write(LINK_PREFACE);
      await poll('the early connection', () => b.sockets.find(({ bytesRead }) => bytesRead > 0));
      const stop = new AbortController();
      const late = encodeHello(helloOf({ proofs: [challenge], incarnation: 2 }));
      const link = rawLink(b, [late, beat(2)], { open: true, signal: stop.signal });
      await isAt(b, 2);
      early.write(Buffer.concat([encodeHello(helloOf({ proofs: [challenge], incarnation: 1 })), beat(1)]));
      await once(early, 'close');
      expect(indexes(b)).to.deep.equal([2]);
      stop.abort();
      expect(await link).to.equal('closed');
    });

    it('of the same lane, but all frames of the other lane', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const stop = new AbortController();
      const link = (number: number, lane: 'append' | 'control'): Promise<unknown> => {
        const hello = encodeHello(helloOf({ proofs: [challenge], incarnation: 7, number, lane }));
        return rawLink(b, [hello, beat(number)], { open: true, signal: stop.signal });
      };
      const links = [link(2, 'append')];
      await isAt(b, 2);
      links.push(link(1, 'control'));
      await isAt(b, 1);
      stop.abort();
      expect(await Promise.all(links)).to.deep.equal(['closed', 'closed']);
    });
  });
});
