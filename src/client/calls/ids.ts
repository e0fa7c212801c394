import type { etcdserverpb } from '../../gen/proto.js';
import { fromBigInt, toBigInt } from '../../util/integer.js';
import type { WireInteger } from '../../util/integer.js';
import { formatMemberId } from '../../util/member-id.js';
import type { MemberId } from '../../util/member-id.js';
import { leaseIdArgument, memberIdArgument } from './arguments.js';

// Ids have 64 bits on the wire. In the API a lease id is a bigint, because callers may choose it, and the id of a member or
// a cluster is a string of 16 hexadecimal digits (util/member-id.ts).

// The codec's types name its own class of 64-bit integers, but any object with both halves will do.
type WireId = Exclude<etcdserverpb.PutRequest.$Properties['lease'], number | null | undefined>;

/** @throws RaftKvError `invalid-argument` unless the id is a bigint that fits 64 signed bits */
export function leaseIdToWire(id: bigint): WireId {
  return fromBigInt(leaseIdArgument(id)) as WireId;
}

/** @throws RaftKvError `invalid-argument` unless the id is a string of 1 to 16 hexadecimal digits */
export function memberIdToWire(id: MemberId): WireId {
  return fromBigInt(memberIdArgument(id), true) as WireId;
}

/** Also for the id of a cluster. */
export function memberIdFromWire(wire: WireInteger | null | undefined): MemberId {
  return formatMemberId(toBigInt(wire));
}

/** @returns undefined for 0, which means no member */
export function optionalMemberIdFromWire(wire: WireInteger | null | undefined): MemberId | undefined {
  return toBigInt(wire) === 0n ? undefined : memberIdFromWire(wire);
}
