import { expect } from 'chai';
import type { Proposal } from '../../src/node/proposals.js';
import type { Packet, TransportListener } from '../../src/ports/transport.js';
import { makeMessage } from '../../src/raft/messages.js';
import { defined } from '../../src/util/assert.js';
import { silentLogger } from '../../src/util/logger.js';
import { seededRandom } from '../../src/util/random.js';
import { DEFAULT_NODE_CONFIG } from '../../src/node/config.js';
import { VirtualMember } from '../support/virtual-member.js';
import { VirtualTime } from '../support/virtual-time.js';

/** One member of three, whose peers are what the test makes of them. */
class Lonely {
  readonly time = new VirtualTime();
  readonly sent: Packet[] = [];
  readonly member: VirtualMember;
  #listener: TransportListener | undefined;

  constructor(config: Partial<typeof DEFAULT_NODE_CONFIG>) {
    const bootstrap = [1, 2, 3].map((id) => ({
      id,
      name: `m${id}`,
      peerUrls: [`http://m${id}`],
      clientUrls: [],
      isLearner: false,
    }));
    this.member = new VirtualMember({
      time: this.time,
      random: seededRandom(1),
      logger: silentLogger,
      id: 1,
      bootstrap,
      node: { ...DEFAULT_NODE_CONFIG, ...config },
      requestMs: 3000,
      rate: 1,
      syncMsMax: 0,
      connect: () => ({
        start: (listener) => (this.#listener = listener),
        setPeers: () => undefined,
        send: (_to, packet) => this.sent.push(packet),
        sendSnapshot: () => ({ delivered: Promise.resolve(false), cancel: () => undefined }),
        close: () => Promise.resolve(),
      }),
    });
  }

  start(): Promise<void> {
    return this.time.wait(this.member.start());
  }

  propose(bytes = 1): Proposal | undefined {
    const proposal = { data: new Uint8Array(bytes), abandoned: false, proposed: false };
    return this.member.assembly.node.propose(proposal) ? proposal : undefined;
  }

  async followMember2(): Promise<void> {
    const heartbeat = makeMessage({ type: 'MsgHeartbeat', to: 1, from: 2, term: 1 });
    const packet = { group: 0, messages: [heartbeat], round: undefined, ack: undefined };
    defined(this.#listener, 'a transport that was started').onPacket(2, packet);
    await this.time.advance(1);
  }
}

describe('proposals that wait', () => {
  /**
   * While there was no leader, proposals stayed in proposeC for good, also those whose callers had long given up. Once it
   * was full of these, new callers were told "too many requests", with nobody waiting but them.
   */
  it('leave proposeC when their callers are gone, though there is no leader', async () => {
    const lonely = new Lonely({ proposalsMax: 4 });
    await lonely.start();
    const proposals = Array.from({ length: 4 }, () => lonely.propose());
    expect([proposals.includes(undefined), lonely.propose()], 'full').to.deep.equal([false, undefined]);
    for (const proposal of proposals) if (proposal !== undefined) proposal.abandoned = true;
    await lonely.time.advance(DEFAULT_NODE_CONFIG.heartbeatMs + 1);
    expect(lonely.propose()).to.not.equal(undefined);
    await lonely.time.wait(lonely.member.stop());
  });

  it('go to the leader in messages that a peer takes, however many wait', async () => {
    const lonely = new Lonely({ messageBytesMax: 1000 });
    await lonely.start();
    for (const bytes of [400, 400, 400, 3000]) lonely.propose(bytes);
    await lonely.followMember2();
    const forwarded = lonely.sent.flatMap(({ messages }) => messages).filter(({ type }) => type === 'MsgProp');
    // Behind them comes what the member has to say of itself.
    expect(forwarded.slice(0, 3).map(({ entries }) => entries.map(({ data }) => data.length))).to.deep.equal([
      [400, 400],
      [400],
      [3000],
    ]);
    await lonely.time.wait(lonely.member.stop());
  });
});
