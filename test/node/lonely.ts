import { DEFAULT_NODE_CONFIG, type NodeConfig } from '../../src/node/config.js';
import type { Proposal } from '../../src/node/loop/proposals.js';
import type { Packet, TransportListener } from '../../src/ports/transport.js';
import { makeMessage } from '../../src/raft/messages.js';
import type { Message } from '../../src/raft/types.js';
import { defined } from '../../src/util/assert.js';
import { silentLogger } from '../../src/util/logger.js';
import { seededRandom } from '../../src/util/random.js';
import { VirtualMember } from '../support/virtual-member.js';
import { VirtualTime } from '../support/virtual-time.js';

/** Member 1 of three, whose peers the test plays. */
export class Lonely {
  readonly time = new VirtualTime();
  readonly sent: Packet[] = [];
  readonly member: VirtualMember;
  /** Called for each packet during the send. */
  onSent: (packet: Packet) => void = () => undefined;
  #listener: TransportListener | undefined;

  constructor(config: Partial<NodeConfig> = {}) {
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
        send: (_to, packet) => {
          this.sent.push(packet);
          this.onSent(packet);
        },
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

  /** The transport's events for the member. */
  get listener(): TransportListener {
    return defined(this.#listener, 'a transport that was started');
  }

  /** A packet from a peer with one message. */
  hear(fields: Pick<Message, 'type' | 'from' | 'term'> & Partial<Message>): void {
    const message = makeMessage({ ...fields, to: 1 });
    this.listener.onPacket(message.from, { group: 0, messages: [message], round: undefined, ack: undefined });
  }

  async follow(leader: number, term: number): Promise<void> {
    this.hear({ type: 'MsgHeartbeat', from: leader, term });
    await this.time.advance(1);
  }
}
