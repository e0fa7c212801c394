import type { etcdserverpb, mvccpb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import type { ClusterId, MemberId } from '../../util/member-id.js';
import { memberIdFromWire } from '../calls/ids.js';

/** One version of a key. */
export class KeyValue {
  readonly key: Buffer;
  /** Empty in a read with `keysOnly`. */
  readonly value: Buffer;
  /** The revision that created the key, after it was last absent. */
  readonly createRevision: number;
  /** The revision that wrote this version. */
  readonly modRevision: number;
  /** How often the key was written since it was created: 1 and up. */
  readonly version: number;
  /** The lease that the key is attached to; 0n without one. */
  readonly lease: bigint;

  constructor(wire: mvccpb.KeyValue.$Properties) {
    this.key = asBuffer(wire.key ?? EMPTY);
    this.value = asBuffer(wire.value ?? EMPTY);
    this.createRevision = clampInteger(wire.createRevision);
    this.modRevision = clampInteger(wire.modRevision);
    this.version = clampInteger(wire.version);
    this.lease = toBigInt(wire.lease);
  }

  /** The key read as UTF-8. */
  keyText(): string {
    return this.key.toString('utf8');
  }

  /** The value read as UTF-8. */
  valueText(): string {
    return this.value.toString('utf8');
  }

  /** The value parsed as JSON. @throws SyntaxError */
  valueJson(): unknown {
    return JSON.parse(this.valueText()) as unknown;
  }
}

/** How fresh the answer of a raftkv member is; other servers do not say. */
export interface Freshness {
  /** The last log entry that the member has applied. */
  readonly appliedIndex: number;
  /** The member knows a leader of its term. */
  readonly knownLeader: boolean;
  /** Milliseconds since it last heard from a leader; says nothing of the answer's age. */
  readonly lastContactMs: number | undefined;
  /** An upper bound of the answer's age in milliseconds; undefined means unknown. */
  readonly stalenessMs: number | undefined;
}

/** What comes with every answer. */
export interface Header {
  readonly clusterId: ClusterId;
  /** The member that answered. */
  readonly memberId: MemberId;
  /** The store's revision as of the answer. */
  readonly revision: number;
  readonly raftTerm: number;
  readonly freshness?: Freshness;
}

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
