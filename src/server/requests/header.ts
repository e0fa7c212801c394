import { etcdserverpb } from '../../gen/proto.js';
import { MessageBuilder } from '../../kv/format/wire.js';
import { tagOf, varintSize, WIRE_LENGTH, WIRE_VARINT, writeVarint } from '../../util/protobuf-wire.js';
import type { NodeFreshness } from '../../node/status.js';
import type { EncodedMessage } from '../../rpc/service.js';

/** Field 1, length-delimited: the header in every response of etcd's API. */
const HEADER_FIELD = tagOf(1, WIRE_LENGTH);
const REVISION = tagOf(3, WIRE_VARINT);
const RAFT_TERM = tagOf(4, WIRE_VARINT);

const { ResponseHeader } = etcdserverpb;

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
  /** The encoded ids, which are the same in every header. */
  readonly #ids: Uint8Array;
  #last: { revision: number; term: number; bytes: Uint8Array } | undefined;

  constructor(source: HeaderSource) {
    this.#source = source;
    const { clusterId, memberId } = source;
    this.#ids = ResponseHeader.encode({ clusterId, memberId }).finish();
  }

  encode(revision: number, freshness?: NodeFreshness): Uint8Array {
    const term = this.#source.term();
    if (freshness !== undefined) return this.#encodeFresh(revision, term, freshness);
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

  /** Without the codec: every write has a header of its own. */
  #encode(revision: number, term: number): Uint8Array {
    const ids = this.#ids;
    const size = ids.length + (revision === 0 ? 0 : 1 + varintSize(revision)) + (term === 0 ? 0 : 1 + varintSize(term));
    const bytes = Buffer.allocUnsafe(1 + varintSize(size) + size);
    bytes[0] = HEADER_FIELD;
    let at = writeVarint(bytes, 1, size);
    bytes.set(ids, at);
    at += ids.length;
    if (revision !== 0) {
      bytes[at] = REVISION;
      at = writeVarint(bytes, at + 1, revision);
    }
    if (term !== 0) {
      bytes[at] = RAFT_TERM;
      writeVarint(bytes, at + 1, term);
    }
    return bytes;
  }

  #encodeFresh(revision: number, raftTerm: number, freshness: NodeFreshness): Uint8Array {
    const { clusterId, memberId } = this.#source;
    const fields = { clusterId, memberId, revision, raftTerm, ...freshnessFields(freshness) };
    return new MessageBuilder().bytes(1, ResponseHeader.encode(fields).finish()).finish();
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
