import type { PeerAddress } from '../../src/ports/transport.js';
import type { Message } from '../../src/raft/types.js';
import { PEER_PROTOCOL_VERSION, type Hello } from '../../src/transport/hello.js';
import { encodePacket } from '../../src/transport/packet-codec.js';
import type { RefusalCode } from '../../src/transport/refusal.js';
import { EMPTY } from '../../src/util/bytes.js';
import { poll } from '../support/poll.js';
import {
  ChallengeTrap,
  CLUSTER,
  connect,
  entry,
  Member,
  message,
  packet,
  rawLink as rawLinkTo,
  type MemberOptions,
  type RawLinkOptions,
} from './members.js';

/** The members that a test starts. `stop` ends all of them. */
export class LinkedMembers {
  readonly #started: (Member | ChallengeTrap)[] = [];

  readonly start = async (options: MemberOptions): Promise<Member> => {
    const member = await Member.start(options);
    this.#started.push(member);
    return member;
  };

  /** Starts members 1 and 2, and waits for the links between them. */
  readonly pair = async (options: Partial<MemberOptions> = {}): Promise<[Member, Member]> => {
    const members: [Member, Member] = [
      await this.start({ id: 1, ...options }),
      await this.start({ id: 2, ...options }),
    ];
    connect(...members);
    await linked(members[0], 2);
    await linked(members[1], 1);
    return members;
  };

  /** Makes member 3 a peer that never answers. @returns the challenge sent to it */
  readonly trapped = async (
    member: Member,
    others: readonly PeerAddress[] = [],
  ): Promise<{ challenge: Uint8Array }> => {
    const trap = await ChallengeTrap.start();
    this.#started.push(trap);
    member.transport.setPeers([...others, { id: 3, urls: [trap.url] }]);
    return { challenge: await poll('a challenge', () => trap.challenges.get(member.id)) };
  };

  async stop(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((member) => member.stop()));
  }
}

/** Resolves once a member has a link to a peer. */
export function linked(member: Member, peer: number): Promise<true> {
  return poll(
    `${member.id} to reach ${peer}`,
    () => member.links.findLast((link) => link.startsWith(`${peer} `)) === `${peer} up` || undefined,
    20_000,
  );
}

export function heartbeat(from: number, to: number, index = 0): Message {
  return message('MsgHeartbeat', { from, to, index });
}

/** A MsgApp from member 1 to member 2 with one entry of a size in bytes. */
export function append(index: number, size: number): Message {
  return message('MsgApp', { from: 1, to: 2, index, entries: [entry(index + 1, Buffer.alloc(size, index))] });
}

let hellos = 0;

/** A hello of member 3 to member 2. */
export function helloOf(fields: Partial<Hello>): Hello {
  const ids = { version: PEER_PROTOCOL_VERSION, clusterId: CLUSTER, from: 3, to: 2 };
  const order = { incarnation: 1, number: (hellos += 1) };
  return { ...ids, ...order, lane: 'append', challenge: EMPTY, proofs: [], ...fields };
}

export function frame(...messages: Parameters<typeof packet>[0]): Buffer {
  return Buffer.concat(encodePacket(packet(messages)).pieces);
}

export function rawLink(
  member: Member,
  frames: readonly Uint8Array[],
  options?: RawLinkOptions,
): Promise<RefusalCode | 'closed'> {
  return rawLinkTo(member.port, frames, options);
}
