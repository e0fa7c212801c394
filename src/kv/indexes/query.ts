import { raftkvpb } from '../../gen/proto.js';
import { compareBytes } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { kvError, type KvError } from '../errors.js';
import { modRevisionOf } from '../format/key-value.js';
import { FieldPacker, MessageBuilder, type EncodedBody } from '../format/wire.js';
import { supersededAt } from '../state/versions.js';
import type { StateReader } from '../state/state-reader.js';
import { PAGE_BYTES_MAX, PAGE_ENTRIES_MAX } from './bounds.js';
import { EntryWalk } from './entry-walk.js';
import { readyIndex } from './index-compare.js';
import { decodePlace } from './index-rows.js';
import type { Index } from './index-table.js';
import { toMessage } from './index-value.js';
import { pageToken, placesOf, readPageToken, restOf } from './query-range.js';

type Query = raftkvpb.IndexQueryRequest.$Properties;

/** A page of a query, without its header. */
export interface QueryPage {
  readonly kind: 'page';
  readonly body: EncodedBody;
  readonly entries: number;
  /** Empty on the last page. */
  readonly nextToken: Uint8Array;
}

/** Cost of an entry, in units of `StateReader.spend`. */
const ENTRY_UNITS = 16;

/** A page of a query on a state. */
export async function queryPage(reader: StateReader, query: Query): Promise<QueryPage | KvError> {
  const index = readyIndex(reader.indexes, query.index ?? '');
  if ('kind' in index) return index;
  const range = placesOf(index, query);
  if ('kind' in range) return range;
  const start = readPageToken(index, query, range);
  if ('kind' in start) return start;
  const revision = start.revision <= 0 ? reader.revision : start.revision;
  const wrong = checkRevision(reader, index, revision);
  if (wrong !== undefined) return wrong;
  const reverse = query.order === raftkvpb.IndexQueryRequest.Order.DESCENDING;
  const limit = clampInteger(query.limit);
  const entriesMax = limit <= 0 ? PAGE_ENTRIES_MAX : Math.min(limit, PAGE_ENTRIES_MAX);
  const rest = restOf(range, start.after, reverse);
  const page = new Page(reader, index, { revision, keysOnly: query.keysOnly === true });
  const more =
    compareBytes(rest.gte, rest.lt) < 0 && (await fill(page, reader, { range: rest, revision, reverse, entriesMax }));
  const nextToken = more ? pageToken(index, query, { revision, after: page.last }) : new Uint8Array(0);
  return { kind: 'page', body: page.finish(nextToken), entries: page.entries, nextToken };
}

function checkRevision(reader: StateReader, { spec, state }: Index, revision: number): KvError | undefined {
  if (revision > reader.revision) return kvError('future-revision');
  if (revision < reader.compactedRevision) return kvError('compacted');
  if (state.kind !== 'ready' || revision >= state.revision) return undefined;
  return kvError('index-too-new', `index ${spec.name} is ready from revision ${state.revision} on`);
}

/** @returns whether there are more entries behind the page */
async function fill(
  page: Page,
  reader: StateReader,
  options: ConstructorParameters<typeof EntryWalk>[1] & { readonly entriesMax: number },
): Promise<boolean> {
  const walk = new EntryWalk(reader, options);
  try {
    for (;;) {
      const place = await walk.next();
      if (place === undefined) return false;
      if (page.entries >= options.entriesMax || page.isFull) return true;
      await page.add(place);
      const rest = reader.spend(ENTRY_UNITS);
      if (rest !== undefined) await rest;
    }
  } finally {
    await walk.close();
  }
}

/** Collects the entries of a page. */
class Page {
  readonly #reader: StateReader;
  readonly #index: Index;
  readonly #revision: number;
  readonly #keysOnly: boolean;
  readonly #packer = new FieldPacker();
  #bytes = 0;
  entries = 0;
  /** The place of the last entry. */
  last: Uint8Array | undefined;

  constructor(reader: StateReader, index: Index, options: { readonly revision: number; readonly keysOnly: boolean }) {
    this.#reader = reader;
    this.#index = index;
    this.#revision = options.revision;
    this.#keysOnly = options.keysOnly;
  }

  get isFull(): boolean {
    return this.#bytes >= PAGE_BYTES_MAX;
  }

  async add(place: Uint8Array): Promise<void> {
    const { key, value } = decodePlace(this.#index.spec.type, place);
    const kv = this.#keysOnly ? undefined : await this.#versionOf(key);
    const entry = new MessageBuilder().bytes(1, raftkvpb.IndexValue.encode(toMessage(value)).finish()).bytes(2, key);
    if (kv !== undefined) entry.bytes(3, kv);
    const encoded = entry.finish();
    this.#packer.add(2, encoded);
    this.#bytes += encoded.length;
    this.entries += 1;
    this.last = place;
  }

  finish(nextToken: Uint8Array): EncodedBody {
    const message = new MessageBuilder().fields(this.#packer.finish());
    if (nextToken.length > 0) message.bytes(3, nextToken);
    return message.number(4, this.#revision).finishInPieces();
  }

  /** The version of a key at the revision. */
  async #versionOf(key: Uint8Array): Promise<Uint8Array | undefined> {
    const current = this.#reader.current(key);
    if (current !== undefined && modRevisionOf(current) <= this.#revision) return current;
    return await supersededAt(this.#reader, key, this.#revision);
  }
}
