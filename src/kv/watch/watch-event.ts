import type { Change } from '../commands/draft.js';
import { decodeRevisions } from '../format/key-value.js';
import {
  bytesFieldSize,
  tagOf,
  varintSize,
  WIRE_LENGTH,
  WIRE_VARINT,
  writeBytesField,
  writeVarint,
} from '../../util/protobuf-wire.js';
import { equalBytes } from '../../util/bytes.js';

/** Field 11 of etcdserverpb.WatchResponse. */
const EVENTS = tagOf(11, WIRE_LENGTH);
/** Fields of mvccpb.Event, and of the mvccpb.KeyValue of a deletion. */
const TYPE = tagOf(1, WIRE_VARINT);
const KV = tagOf(2, WIRE_LENGTH);
const PREV_KV = tagOf(3, WIRE_LENGTH);
const KEY = tagOf(1, WIRE_LENGTH);
const MOD_REVISION = tagOf(3, WIRE_VARINT);
const DELETE = 1;

/**
 * One change as watchers see it. It is encoded at most twice, with and without the previous version, for all watchers.
 */
export class WatchEvent {
  readonly revision: number;
  readonly kind: 'put' | 'delete';
  readonly key: Uint8Array;
  readonly #keyValue: Uint8Array | undefined;
  readonly #previous: Uint8Array | undefined;
  #plain: Uint8Array | undefined;
  #withPrevious: Uint8Array | undefined;

  /**
   * @param parts.keyValue the encoded version that a put made
   * @param parts.previous the encoded version before the revision
   */
  constructor(parts: {
    readonly revision: number;
    readonly kind: 'put' | 'delete';
    readonly key: Uint8Array;
    readonly keyValue: Uint8Array | undefined;
    readonly previous: Uint8Array | undefined;
  }) {
    this.revision = parts.revision;
    this.kind = parts.kind;
    this.key = parts.key;
    this.#keyValue = parts.keyValue;
    this.#previous = parts.previous;
  }

  /** Approximate memory before it is encoded. */
  get bytes(): number {
    return this.key.length + (this.#keyValue?.length ?? 0) + (this.#previous?.length ?? 0);
  }

  /** The event as a field of a WatchResponse, including the tag. */
  encoded(withPrevious: boolean): Uint8Array {
    if (!withPrevious || this.#previous === undefined) return (this.#plain ??= this.#encode(undefined));
    return (this.#withPrevious ??= this.#encode(this.#previous));
  }

  #encode(previous: Uint8Array | undefined): Uint8Array {
    const keyValue = this.#keyValue ?? encodeDeleted(this.key, this.revision);
    let size = (this.kind === 'delete' ? 2 : 0) + bytesFieldSize(keyValue);
    if (previous !== undefined) size += bytesFieldSize(previous);
    const bytes = Buffer.allocUnsafe(1 + varintSize(size) + size);
    bytes[0] = EVENTS;
    let at = writeVarint(bytes, 1, size);
    if (this.kind === 'delete') {
      bytes[at++] = TYPE;
      bytes[at++] = DELETE;
    }
    at = writeBytesField(bytes, at, KV, keyValue);
    if (previous !== undefined) writeBytesField(bytes, at, PREV_KV, previous);
    return bytes;
  }
}

/** The events of a batch's changes, in order. */
export function eventsOf(changes: readonly Change[]): WatchEvent[] {
  return changes.map(
    (change, at) =>
      new WatchEvent({
        revision: change.revision,
        kind: change.kind,
        key: change.key,
        keyValue: change.keyValue,
        previous: previousOf(changes, change, at),
      }),
  );
}

/**
 * The version before the revision. A transaction of an older raftkv may have put a key in one nested transaction and
 * deleted it in another: the second change ends the version of the first, and the first one knows the version before.
 */
function previousOf(changes: readonly Change[], change: Change, at: number): Uint8Array | undefined {
  const { previous, revision, sub, key } = change;
  if (previous === undefined || sub === 0 || decodeRevisions(previous).modRevision < revision) return previous;
  return changes.slice(at - sub, at).find((earlier) => equalBytes(earlier.key, key))?.previous;
}

function encodeDeleted(key: Uint8Array, revision: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(bytesFieldSize(key) + 1 + varintSize(revision));
  const at = writeBytesField(bytes, 0, KEY, key);
  bytes[at] = MOD_REVISION;
  writeVarint(bytes, at + 1, revision);
  return bytes;
}
