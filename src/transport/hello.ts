import { raftkv } from '../gen/proto.js';
import type { NodeId } from '../raft/types.js';
import { CodecError, safe } from './codec.js';
import type { Lane } from './lane.js';
import { formatMemberId } from '../util/member-id.js';

/** The version of the protocol between members. Members of different versions do not talk. */
export const PEER_PROTOCOL_VERSION = 1;

/** The first frame of each side of a link: who speaks, and to whom it thinks it does. */
export interface Hello {
  readonly version: number;
  readonly clusterId: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly lane: Lane;
  /** Where the sender is reached; empty in an answer, which goes to somebody who knows. */
  readonly urls: readonly string[];
}

/** gRPC's code of the refusal that says: you were removed from the cluster, for good. PERMISSION_DENIED. */
export const REMOVED_CODE = 7;

const { CONTROL, APPEND } = raftkv.Lane;
const LANE_NUMBERS: Readonly<Record<Lane, raftkv.Lane>> = { control: CONTROL, append: APPEND };
const LANES_BY_NUMBER: ReadonlyMap<number, Lane> = new Map([
  [CONTROL, 'control'],
  [APPEND, 'append'],
]);

export function encodeHello({ lane, urls, ...ids }: Hello): Uint8Array {
  return raftkv.PeerFrame.encode({ hello: { ...ids, lane: LANE_NUMBERS[lane], urls: [...urls] } }).finish();
}

/** @throws CodecError on a frame that is no hello, or one with a lane or ids that cannot be */
export function decodeHello(frame: { readonly hello?: raftkv.PeerHello.$Properties | null }): Hello {
  const { hello } = frame;
  if (hello === null || hello === undefined) throw new CodecError('the first frame is no hello');
  const lane = LANES_BY_NUMBER.get(hello.lane ?? CONTROL);
  if (lane === undefined) throw new CodecError(`unknown lane ${hello.lane}`);
  return {
    version: hello.version ?? 0,
    clusterId: safe(hello.clusterId),
    from: safe(hello.from),
    to: safe(hello.to),
    lane,
    urls: hello.urls ?? [],
  };
}

/**
 * Why two members must not talk, if so. Every text names both sides, so that one line of one log tells the story.
 * @param own what this member says of itself, to the other
 */
export function mismatch(own: Pick<Hello, 'clusterId' | 'from'>, other: Hello): string | undefined {
  if (other.version !== PEER_PROTOCOL_VERSION) {
    return `peer protocol mismatch: member ${hex(own.from)} speaks version ${PEER_PROTOCOL_VERSION}, member ${hex(other.from)} version ${other.version}`;
  }
  if (other.clusterId !== own.clusterId) {
    return `cluster ID mismatch: member ${hex(own.from)} is of cluster ${hex(own.clusterId)}, member ${hex(other.from)} of cluster ${hex(other.clusterId)}`;
  }
  if (other.to !== own.from) {
    return `member ID mismatch: this is member ${hex(own.from)}, member ${hex(other.from)} looks for member ${hex(other.to)}`;
  }
  return undefined;
}

/** Ids as etcd shows them. */
export function hex(id: number): string {
  return formatMemberId(id);
}
