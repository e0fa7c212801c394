import protobuf from 'protobufjs/minimal.js';
import { etcdserverpb } from '../../gen/proto.js';
import type { NodeFreshness } from '../../node/status.js';

/** Field 1, length-delimited: where every response of etcd's API keeps its header. */
const HEADER_FIELD = (1 << 3) | 2;

export interface HeaderSource {
  readonly clusterId: number;
  readonly memberId: number;
  readonly term: () => number;
}

/**
 * Makes response headers, as encoded field 1. A service's answer is this, followed by the encoded rest of the message:
 * protobuf reads the two as one. The last one is kept, since between two writes all headers are the same.
 */
export class Headers {
  readonly #source: HeaderSource;
  #last: { revision: number; term: number; bytes: Uint8Array } | undefined;

  constructor(source: HeaderSource) {
    this.#source = source;
  }

  encode(revision: number, freshness?: NodeFreshness): Uint8Array {
    const term = this.#source.term();
    if (freshness !== undefined) return this.#encode(revision, term, freshness);
    if (this.#last?.revision !== revision || this.#last.term !== term) {
      this.#last = { revision, term, bytes: this.#encode(revision, term) };
    }
    return this.#last.bytes;
  }

  /** The header in front of a message's other fields. */
  prepend(revision: number, body: Uint8Array, freshness?: NodeFreshness): Uint8Array {
    const header = this.encode(revision, freshness);
    return body.length === 0 ? header : Buffer.concat([header, body]);
  }

  #encode(revision: number, term: number, freshness?: NodeFreshness): Uint8Array {
    const { clusterId, memberId } = this.#source;
    const header = etcdserverpb.ResponseHeader.encode({
      clusterId,
      memberId,
      revision,
      raftTerm: term,
      ...(freshness === undefined ? {} : freshnessFields(freshness)),
    }).finish();
    return protobuf.Writer.create().uint32(HEADER_FIELD).bytes(header).finish();
  }
}

/** The fields of the header's extension; what is unknown is absent. Ages are rounded up: an age is a bound. */
export function freshnessFields(freshness: NodeFreshness): {
  appliedIndex: number;
  knownLeader: boolean;
  lastContactMs?: number;
  stalenessMs?: number;
} {
  const { appliedIndex, knownLeader, lastContactMs, stalenessMs } = freshness;
  return {
    appliedIndex,
    knownLeader,
    ...(lastContactMs === undefined ? {} : { lastContactMs: Math.ceil(lastContactMs) }),
    ...(stalenessMs === undefined ? {} : { stalenessMs: Math.ceil(stalenessMs) }),
  };
}
