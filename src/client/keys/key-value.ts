import type { etcdserverpb, mvccpb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import type { ClusterId, MemberId } from '../../util/member-id.js';
import { memberIdFromWire } from '../calls/ids.js';

/** One version of a key. */
export class KeyValue {
  readonly key: Buffer;
  /** Empty if the read had `keysOnly`. */
  readonly value: Buffer;
  /** The revision that created the key, since its last deletion. */
  readonly createRevision: number;
  /** The revision that wrote this version. */
  readonly modRevision: number;
  /** The number of writes since the key was created, starting at 1. */
  readonly version: number;
  /** The lease that the key is attached to; 0n if none. */
  readonly lease: bigint;

  constructor(wire: mvccpb.KeyValue.$Properties) {
    this.key = asBuffer(wire.key ?? EMPTY);
    this.value = asBuffer(wire.value ?? EMPTY);
    this.createRevision = clampInteger(wire.createRevision);
    this.modRevision = clampInteger(wire.modRevision);
    this.version = clampInteger(wire.version);
    this.lease = toBigInt(wire.lease);
  }

  /** The key decoded as UTF-8. */
  keyText(): string {
    return this.key.toString('utf8');
  }

  /** The value decoded as UTF-8. */
  valueText(): string {
    return this.value.toString('utf8');
  }

  /** The value parsed as JSON. @throws SyntaxError if it is not JSON */
  valueJson(): unknown {
    return JSON.parse(this.valueText()) as unknown;
  }
}

/** The freshness of an answer. Only raftkv reports it. */
export interface Freshness {
  /** The last log entry that the member has applied. */
  readonly appliedIndex: number;
  /** Whether the member knows a leader of its term. */
  readonly knownLeader: boolean;
  /** Time since the member last heard from a leader, in ms. It does not bound the answer's age. */
  readonly lastContactMs: number | undefined;
  /** Upper bound of the answer's age, in ms; undefined if unknown. */
  readonly stalenessMs: number | undefined;
}

/** The header of every answer. */
export interface Header {
  readonly clusterId: ClusterId;
  /** The member that answered. */
  readonly memberId: MemberId;
  /** The store's revision at the time of the answer. */
  readonly revision: number;
  readonly raftTerm: number;
  readonly freshness?: Freshness;
}

/** Decodes the header of an answer. Missing numbers are 0. */
export function toHeader(wire: etcdserverpb.ResponseHeader.$Properties | null | undefined): Header {
  const header: Header = {
    clusterId: memberIdFromWire(wire?.clusterId),
    memberId: memberIdFromWire(wire?.memberId),
    revision: clampInteger(wire?.revision),
    raftTerm: clampInteger(wire?.raftTerm),
  };
  const appliedIndex = wire?.appliedIndex ?? undefined;
  if (wire === null || wire === undefined || appliedIndex === undefined) return header;
  return {
    ...header,
    freshness: {
      appliedIndex: clampInteger(appliedIndex),
      knownLeader: wire.knownLeader ?? false,
      lastContactMs: optionalInteger(wire.lastContactMs),
      stalenessMs: optionalInteger(wire.stalenessMs),
    },
  };
}

function optionalInteger(value: Parameters<typeof clampInteger>[0]): number | undefined {
  return value === null || value === undefined ? undefined : clampInteger(value);
}
