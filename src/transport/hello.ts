import { raftkv } from '../gen/proto.js';
import type { NodeId } from '../raft/types.js';
import { EMPTY } from '../util/bytes.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { CodecError } from './codec-error.js';
import { frameOf } from './frame.js';
import type { Lane } from './lane.js';
import { safe } from './safe-integer.js';

/** The version of the protocol between members. Members with different versions refuse each other. */
export const PEER_PROTOCOL_VERSION = 4;

/** The largest body of a hello, of proofs or of a refusal, in bytes. */
export const HELLO_BYTES_MAX = 4096;

/** The order of a member's hellos: see Acceptor. */
export interface HelloOrder {
  /** Chosen at random when a process starts. */
  readonly incarnation: number;
  /** Increases with every hello of the process. */
  readonly number: number;
}

/** The first frame of each side of a link: the member that speaks, and the one that it means to reach. */
export interface Hello extends HelloOrder {
  readonly version: number;
  readonly clusterId: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly lane: Lane;
  /** For the receiver to return on its own links (see Proofs); empty in an answer and with a snapshot. */
  readonly challenge: Uint8Array;
  /** Challenges that the sender has from the receiver. */
  readonly proofs: readonly Uint8Array[];
}

/** Maximum number of proofs checked in a frame; a member sends fewer. */
const PROOFS_MAX = 16;

const { CONTROL, APPEND } = raftkv.Lane;
const LANE_NUMBERS: Readonly<Record<Lane, raftkv.Lane>> = { control: CONTROL, append: APPEND };
const LANES_BY_NUMBER: ReadonlyMap<number, Lane> = new Map([
  [CONTROL, 'control'],
  [APPEND, 'append'],
]);

export function encodeHello({ lane, proofs, ...fields }: Hello): Buffer {
  return frameOf(
    'hello',
    raftkv.PeerHello.encode({ ...fields, lane: LANE_NUMBERS[lane], proofs: [...proofs] }).finish(),
  );
}

/** A frame for a link whose hello has been sent: proofs for challenges that arrived later. */
export function encodeProofs(proofs: readonly Uint8Array[]): Buffer {
  return frameOf('proofs', raftkv.PeerHello.encode({ proofs: [...proofs] }).finish());
}

/** @throws CodecError on bytes that are no hello, or with an unknown lane or ids beyond 2^53−1 */
export function decodeHello(body: Uint8Array): Hello {
  return fromWireHello(parse(body));
}

/** @throws CodecError on bytes that hold no proofs */
export function decodeProofs(body: Uint8Array): readonly Uint8Array[] {
  return proofsOf(parse(body));
}

function parse(body: Uint8Array): raftkv.PeerHello {
  try {
    return raftkv.PeerHello.decode(body);
  } catch {
    // protobuf's own text adds nothing.
    throw new CodecError('a hello that cannot be read');
  }
}

/** @throws CodecError if there is none, or with an unknown lane or ids beyond 2^53−1 */
export function fromWireHello(hello: raftkv.PeerHello.$Properties | null | undefined): Hello {
  if (hello === null || hello === undefined) throw new CodecError('the first frame is not a hello');
  const lane = LANES_BY_NUMBER.get(hello.lane ?? CONTROL);
  if (lane === undefined) throw new CodecError(`unknown lane ${hello.lane}`);
  return {
    version: hello.version ?? 0,
    clusterId: safe(hello.clusterId),
    from: safe(hello.from),
    to: safe(hello.to),
    lane,
    challenge: hello.challenge ?? EMPTY,
    proofs: proofsOf(hello),
    incarnation: safe(hello.incarnation),
    number: safe(hello.number),
  };
}

function proofsOf({ proofs }: { readonly proofs?: readonly Uint8Array[] | null }): readonly Uint8Array[] {
  return (proofs ?? []).slice(0, PROOFS_MAX);
}

/**
 * The reason why two members must not connect, or undefined. The text names both, so that one line in either log is enough.
 * @param own the member that checks the other's hello
 */
export function mismatch(own: Pick<Hello, 'clusterId' | 'from'>, other: Hello): string | undefined {
  if (other.version !== PEER_PROTOCOL_VERSION) return versionMismatch(own.from, other.from, other.version);
  if (other.clusterId !== own.clusterId) {
    return `cluster ID mismatch: member ${hex(own.from)} is of cluster ${hex(own.clusterId)}, member ${hex(other.from)} of cluster ${hex(other.clusterId)}`;
  }
  if (other.to !== own.from) {
    return `member ID mismatch: this is member ${hex(own.from)}, member ${hex(other.from)} looks for member ${hex(other.to)}`;
  }
  return undefined;
}

export function versionMismatch(own: NodeId, other: NodeId, version: number): string {
  return `peer protocol mismatch: member ${hex(own)} speaks version ${PEER_PROTOCOL_VERSION}, member ${hex(other)} version ${version}`;
}
