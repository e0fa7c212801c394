import protobuf from 'protobufjs/minimal.js';
import { etcdserverpb } from '../../gen/proto.js';
import type { NodeFreshness } from '../../node/status.js';
import type { EncodedMessage } from '../../rpc/service.js';

/** Field 1, length-delimited: the header in every response of etcd's API. */
const HEADER_FIELD = (1 << 3) | 2;

/** Up to this size a body is copied behind its header: cheaper than two pieces. */
const COPIED_BYTES_MAX = 64 * 1024;

export interface HeaderSource {
  readonly clusterId: number;
  readonly memberId: number;
  readonly term: () => number;
}

/**
 * Makes response headers, encoded as field 1. A response consists of the header and the encoded other fields, which
 * protobuf reads as one message. The last header is cached, as all headers between two writes are equal.
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

  /** Puts the header before a message's other fields. */
  prepend(revision: number, body: Uint8Array, freshness?: NodeFreshness): Uint8Array {
    const header = this.encode(revision, freshness);
    return body.length === 0 ? header : Buffer.concat([header, body]);
  }

  /** The same for answers of any size: a large body stays in its own pieces, uncopied. */
  inFrontOf(body: EncodedMessage, revision: number, freshness?: NodeFreshness): EncodedMessage {
    if (body instanceof Uint8Array && body.length <= COPIED_BYTES_MAX) return this.prepend(revision, body, freshness);
    const header = this.encode(revision, freshness);
    return body instanceof Uint8Array ? [header, body] : [header, ...body];
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

/** Fields of the header's extension. Unknown values are absent. Ages are rounded up, as they are upper bounds. */
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
