import { EMPTY } from '../../util/bytes.js';
import { FieldPacker, MessageBuilder, type EncodedBody } from '../format/wire.js';
import { bytesFieldSize, tagOf, WIRE_LENGTH, WIRE_VARINT, writeBytesField } from '../../util/protobuf-wire.js';
import type { KvError } from '../errors.js';
import type { StateReader } from '../state/state-reader.js';

/** The result of a range: encoded key-values as stored, and etcd's `count` and `more`. */
export interface RangeAnswer {
  readonly kind: 'ok';
  readonly keyValues: readonly Uint8Array[];
  readonly more: boolean;
  /** Number of keys in the range at the revision, regardless of limit and filters. */
  readonly count: number;
}

export type RangeOutcome = RangeAnswer | { readonly kind: 'error'; readonly error: KvError };

/** An answer of up to this many key-values is encoded in one turn. */
const SMALL_ANSWER_ROWS = 512;

/**
 * The body of a RangeResponse, with the stored bytes unchanged. An answer of many key-values is encoded in slices. Small
 * key-values are copied together into pieces.
 * @param header the encoded header; without it, the body has none
 */
export function encodeRangeAnswer(
  reader: Pick<StateReader, 'spend'>,
  answer: RangeAnswer,
  header?: Uint8Array,
): EncodedBody | Promise<EncodedBody> {
  const { keyValues, more, count } = answer;
  const single = keyValues.length === 1 && count === 1 && !more && header === undefined ? keyValues[0] : undefined;
  if (single !== undefined) return encodeSingle(single);
  const finish = (fields: EncodedBody): EncodedBody => {
    const message = new MessageBuilder();
    if (header !== undefined) message.bytes(1, header);
    return message.fields(fields).flag(3, more).number(4, count).finishInPieces();
  };
  if (keyValues.length > SMALL_ANSWER_ROWS) return packInSlices(reader, keyValues).then(finish);
  const packer = new FieldPacker();
  for (const keyValue of keyValues) packer.add(2, keyValue);
  return finish(packer.finish());
}

async function packInSlices(
  reader: Pick<StateReader, 'spend'>,
  keyValues: readonly Uint8Array[],
): Promise<EncodedBody> {
  const packer = new FieldPacker();
  for (const keyValue of keyValues) {
    packer.add(2, keyValue);
    const rest = reader.spend(1 + (keyValue.length >> 8));
    if (rest !== undefined) await rest;
  }
  return packer.finish();
}

/** The body of a RangeResponse with one key-value and count 1, in one allocation. */
function encodeSingle(keyValue: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(bytesFieldSize(keyValue) + 2);
  const at = writeBytesField(bytes, 0, tagOf(2, WIRE_LENGTH), keyValue);
  bytes[at] = tagOf(4, WIRE_VARINT);
  bytes[at + 1] = 1;
  return bytes;
}

/** The body of the answer to a plain read of one key; empty if there is no such key. */
export function encodeKeyAnswer(keyValue: Uint8Array | undefined): Uint8Array {
  return keyValue === undefined ? EMPTY : encodeSingle(keyValue);
}
