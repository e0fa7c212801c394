import { expect } from 'chai';
import type { PeerAddress } from '../../src/ports/transport.js';
import { encodeHello, encodeProofs } from '../../src/transport/hello.js';
import type { Refusal } from '../../src/transport/traffic.js';
import { EMPTY } from '../../src/util/bytes.js';
import { poll } from '../support/poll.js';
import { frame, heartbeat, helloOf, linked, LinkedMembers, rawLink } from './linked-members.js';
import { connect, type Member, message, packet } from './members.js';

describe('PeerTransport', () => {
  const members = new LinkedMembers();
  const { start, pair, trapped } = members;

  afterEach(() => members.stop());

  /**
   * A link was accepted as that of the member it named, and any unknown id was treated as a new member. Every process that
   * reached the port could therefore act as a leader.
   */
  describe('with callers that claim to be a member without a proof', () => {
    const forged = (index: number): Uint8Array => frame(message('MsgHeartbeat', { from: 3, to: 2, index }));
    const refusals = (member: Member, what: Refusal): number => member.traffic.refusals.get(what) ?? 0;

    it('drops their frames and ends their links', async () => {
      const b = await start({ id: 2, options: { proofTimeoutMs: 100 } });
      await trapped(b);
      const code = await rawLink(b, [encodeHello(helloOf({})), forged(1), forged(2)], { open: true });
      expect(code).to.equal('unwelcome');
      expect(b.packets).to.deep.equal([]);
      expect(refusals(b, 'unproven-member')).to.equal(1);
      expect(b.transport.heard).to.deep.equal([]);
    });

    it('refuses wrong proofs', async () => {
      const b = await start({ id: 2, options: { proofTimeoutMs: 100 } });
      const { challenge } = await trapped(b);
      const wrong = Uint8Array.from(challenge, (byte) => byte ^ 1);
      for (const proofs of [[wrong], [EMPTY], [challenge.slice(1)]]) {
        expect(await rawLink(b, [encodeHello(helloOf({ proofs })), forged(1)], { open: true })).to.equal('unwelcome');
      }
      expect(b.packets).to.deep.equal([]);
    });

    it('accepts a proof in the hello or in a later frame', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const late = encodeProofs([EMPTY, challenge]);
      expect(await rawLink(b, [encodeHello(helloOf({ proofs: [challenge] })), forged(1)])).to.equal('closed');
      expect(await rawLink(b, [encodeHello(helloOf({})), late, forged(2)])).to.equal('closed');
      expect(b.messages.map(({ index }) => index)).to.deep.equal([1, 2]);
    });

    it('does not reveal the challenge of the member that they name', async () => {
      const b = await start({ id: 2, options: { proofTimeoutMs: 100 } });
      const { challenge } = await trapped(b);
      const answers: Buffer[] = [];
      await rawLink(b, [encodeHello(helloOf({ challenge: Buffer.alloc(16, 1) }))], { open: true, answers });
      expect(answers.filter((answer) => answer.includes(Buffer.from(challenge)))).to.deep.equal([]);
    });

    it('keeps the link of the member that they name, and accepts a new one from it', async () => {
      const options = { unprovenLinksMax: 8, proofTimeoutMs: 5_000, backoffCapMs: 100 };
      const [a, b] = await pair({ options });
      const fakes = Array.from({ length: 40 }, (_, at) => {
        const hello = helloOf({ from: 1, lane: at % 2 === 0 ? 'append' : 'control', challenge: Buffer.alloc(16, at) });
        return rawLink(b, [encodeHello(hello)], { open: true });
      });
      await poll('the bound on links', () => refusals(b, 'too-many-links') >= 32 || undefined);
      a.transport.send(2, packet([heartbeat(1, 2, 5)]));
      await poll('the message', () => b.messages[0]);
      expect(a.links).to.deep.equal(['2 up']);
      const { port } = a;
      await a.kill();
      const successor = await start({ id: 1, port });
      connect(successor, b);
      await linked(successor, 2);
      await linked(b, 1);
      await b.stop();
      await Promise.all(fakes);
    });

    it('refuses an unknown member until a known one introduces it', async () => {
      let asked = 0;
      const known: PeerAddress[] = [];
      const lookUp = (): Promise<readonly PeerAddress[]> => {
        asked += 1;
        return Promise.resolve(known);
      };
      const a = await start({ id: 1, options: { backoffCapMs: 100 } });
      const b = await start({ id: 2, lookUp, options: { lookUpIntervalMs: 20 } });
      a.transport.setPeers([{ id: 2, urls: [b.url] }]);
      await poll('two rounds of questions', () => asked >= 2 || undefined);
      expect(a.links).to.deep.equal([]);
      known.push({ id: 1, urls: [a.url] }, { id: 2, urls: ['http://127.0.0.1:1'] });
      await linked(a, 2);
      await linked(b, 1);
      // A new member is called by members that it does not know yet.
      expect([...a.logger.messages('warn'), ...b.logger.messages('warn')]).to.deep.equal([]);
    });

    it('finds a member at new URLs that another member names', async () => {
      const a = await start({ id: 1 });
      const lookUp = (): Promise<readonly PeerAddress[]> => Promise.resolve([{ id: 1, urls: [a.url] }]);
      const b = await start({ id: 2, lookUp, options: { proofTimeoutMs: 50, lookUpIntervalMs: 20 } });
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      a.transport.setPeers([{ id: 2, urls: [b.url] }]);
      await linked(a, 2);
      await linked(b, 1);
    });

    it('asks other members at a bounded rate, however often strangers call', async () => {
      let asked = 0;
      const options = { lookUpIntervalMs: 60_000 };
      const b = await start({ id: 2, options, lookUp: () => Promise.reject(new Error(`round ${(asked += 1)}`)) });
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      const calls = Array.from({ length: 100 }, (_, at) => rawLink(b, [encodeHello(helloOf({ from: 100 + at }))]));
      expect(new Set(await Promise.all(calls))).to.deep.equal(new Set(['unwelcome', 'unavailable']));
      expect(asked).to.equal(1);
      expect(refusals(b, 'unknown-member')).to.equal(100);
      // A stranger can invent ids, so the number of warnings is bounded, whatever ids it uses.
      expect(b.logger.messages('warn').filter((text) => text === 'refused a peer link').length).to.equal(16);
    });
  });
});
