import { expect } from 'chai';
import type { TransportOptions } from '../../src/transport/options.js';
import { Proofs } from '../../src/transport/proofs.js';
import { poll } from '../support/poll.js';
import { ClaimFlood } from './claim-flood.js';
import { connect, Member } from './members.js';

/**
 * A stranger that opened links in the name of a restarting member kept that member out for up to 20 s. The member's links
 * without a proof were closed in favour of the stranger's, its challenge was displaced, and the answers to the stranger's
 * challenges used up the frames that a link may send without a proof.
 */
describe('a flood of links in the name of a member that restarts', () => {
  const members: Member[] = [];
  let flood: ClaimFlood | undefined;

  afterEach(async () => {
    flood?.stop();
    await Promise.all(members.splice(0).map((member) => member.stop()));
  });

  async function start(id: number, options: Partial<TransportOptions> = {}, port = 0): Promise<Member> {
    const member = await Member.start({ id, port, options });
    members.push(member);
    return member;
  }

  const isUp = (member: Member, peer: number): boolean =>
    member.links.findLast((link) => link.startsWith(`${peer} `)) === `${peer} up`;
  const linked = (one: Member, other: Member): Promise<true> =>
    poll('the links', () => (isUp(one, other.id) && isUp(other, one.id)) || undefined, 30_000);
  const refusalsOf = (member: Member): readonly unknown[] =>
    member.logger.lines
      .filter(({ message }) => message === 'refused a peer link')
      .map(({ fields }) => String(fields['reason']));

  for (const [what, from] of [
    ['another address', '127.0.0.2'],
    ['the address of that member', '127.0.0.1'],
  ] as const) {
    it(`from ${what} breaks none of its links`, async () => {
      // A link that is closed in favour of the stranger is not dialled again within the time of this test.
      const backoff = { backoffBaseMs: 600_000, backoffCapMs: 600_000 };
      const stays = await start(1, backoff);
      const restarts = await start(2);
      connect(stays, restarts);
      await linked(stays, restarts);
      const { port } = restarts;
      await restarts.kill();
      flood = new ClaimFlood({ target: stays, name: 2, from, linksPerRound: 2 });
      const claims = flood;
      await poll('the flood', () => claims.opened > 300 || undefined);
      const again = await start(2, backoff, port);
      // Links from `stays` arrive first, and wait for the challenge of this member while strangers send theirs.
      again.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(refusalsOf(again)).to.deep.equal([]);
      again.transport.setPeers([{ id: 1, urls: [stays.url] }]);
      await linked(stays, again);
    });
  }

  it('ends no link from another address that waits for its proof', async () => {
    const stays = await start(1, { unprovenLinksMax: 8, proofTimeoutMs: 30_000 });
    stays.transport.setPeers([{ id: 2, urls: ['http://127.0.0.1:1'] }]);
    // Its peer cannot be reached, so neither link is ever proven.
    const waits = await start(2, { dialTimeoutMs: 30_000 });
    waits.transport.setPeers([{ id: 1, urls: [stays.url] }]);
    await poll('its connections', () => stays.sockets.length >= 1 || undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    flood = new ClaimFlood({ target: stays, name: 2, from: '127.0.0.2', linksPerRound: 2 });
    await poll('refusals', () => (stays.traffic.refusals.get('too-many-links') ?? 0) > 200 || undefined);
    expect(waits.logger.messages('info')).to.deep.equal([]);
    expect(waits.logger.messages('warn')).to.deep.equal([]);
  });

  it('displaces no challenge that came from another address', () => {
    const proofs = new Proofs();
    const challenge = (byte: number): Uint8Array => Buffer.alloc(16, byte);
    expect(proofs.challengedBy(2, challenge(1), '10.0.0.2')).to.equal(true);
    for (let byte = 2; byte < 100; byte++) expect(proofs.challengedBy(2, challenge(byte), '10.6.6.6')).to.equal(true);
    expect(proofs.challengedBy(2, challenge(1), '10.0.0.2'), 'known already').to.equal(false);
    expect(proofs.proofsFor(2).map(([byte]) => byte)).to.deep.equal([1, 93, 94, 95, 96, 97, 98, 99]);
  });
});
