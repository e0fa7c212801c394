import type { EngineCursor, EngineRange, EngineRow } from '../../ports/engine.js';
import { compareBytes, EMPTY } from '../../util/bytes.js';
import { boundsOf, isAbove, isBelow, type Bounds } from '../bounds.js';
import { unseal } from '../checksum.js';
import { EngineClosedError } from '../errors.js';
import { asCorruption, type NativeLmdb } from './native.js';
import {
  CHUNK_BYTES,
  chunkOf,
  isLong,
  linkOf,
  ROOT_SPACE,
  spaceBelow,
  storedKey,
  wholeKey,
  type Space,
} from './stored-keys.js';
import type { LoopShare } from './loop-share.js';
import type { LmdbView } from './views.js';

/** Bytes of keys and values at which a page ends early. */
const PAGE_BYTES = 64 * 1024;

/** Where a walk is in one space. The walk of the space below, if any, comes first. */
interface Place {
  readonly space: Space;
  /** The position: a stored key without the header of the space; undefined for the end at which the walk begins. */
  part: Uint8Array | undefined;
  /** Whether the row at the position is still to come. */
  isInclusive: boolean;
}

export interface LmdbCursorOptions {
  readonly db: NativeLmdb;
  readonly view: LmdbView;
  readonly range: EngineRange;
  readonly share: LoopShare;
  readonly onClose: (cursor: LmdbCursor) => void;
}

/** Each page is a walk of its own through LMDB, which takes a search for its first row, and holds nothing in between. */
export class LmdbCursor implements EngineCursor {
  readonly #options: LmdbCursorOptions;
  readonly #bounds: Bounds;
  readonly #reverse: boolean;
  readonly #keysOnly: boolean;
  /** Where the next page begins, if not behind the last one: the first search for a long key may take milliseconds. */
  #goal: { readonly key: Uint8Array | undefined } | undefined;
  /** From the root down. Empty at the end. */
  #places: Place[] = [];
  /** The chunks that lead to the last place. */
  #chunks: Uint8Array[] = [];
  #closed = false;

  constructor(options: LmdbCursorOptions) {
    this.#options = options;
    this.#bounds = boundsOf(options.range);
    this.#reverse = options.range.reverse ?? false;
    this.#keysOnly = options.range.keysOnly ?? false;
    this.#goal = { key: this.#reverse ? this.#bounds.upper?.key : this.#bounds.lower };
  }

  async next(count: number): Promise<readonly EngineRow[]> {
    this.#assertOpen();
    return await this.#options.share.run(() => {
      this.#assertOpen();
      return this.#page(count);
    });
  }

  seek(target: Uint8Array): void {
    this.#assertOpen();
    const { lower, upper } = this.#bounds;
    let goal = target;
    if (this.#reverse && upper !== undefined && compareBytes(goal, upper.key) > 0) goal = upper.key;
    if (!this.#reverse && lower !== undefined && isBelow(goal, lower)) goal = lower;
    this.#goal = { key: Uint8Array.from(goal) };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onClose(this);
  }

  #goTo(goal: Uint8Array | undefined): void {
    this.#chunks = [];
    this.#places = [];
    let space = ROOT_SPACE;
    let rest = goal;
    for (; rest !== undefined && isLong(rest); rest = rest.subarray(CHUNK_BYTES)) {
      const chunk = Uint8Array.from(rest.subarray(0, CHUNK_BYTES));
      const link = linkOf(chunk);
      // In each space above, the walk continues behind the link, in either direction: the link stands for the keys below it.
      this.#places.push({ space, part: link, isInclusive: false });
      // A long key would otherwise be searched in hundreds of spaces that do not exist.
      if (this.#options.db.getBinary(storedKey(space, link), this.#options.view.options) === undefined) return;
      this.#chunks.push(chunk);
      space = spaceBelow(space, chunk);
    }
    this.#places.push({ space, part: rest && Uint8Array.from(rest), isInclusive: true });
  }

  #page(count: number): readonly EngineRow[] {
    const page = { rows: [] as EngineRow[], bytes: 0 };
    try {
      if (this.#goal !== undefined) this.#goTo(this.#goal.key);
      this.#goal = undefined;
      for (let place = this.#places.at(-1); place !== undefined; place = this.#places.at(-1)) {
        if (this.#walk(place, page, count)) break;
      }
    } catch (error) {
      throw asCorruption(error);
    }
    return page.rows;
  }

  /** Walks one space, up to a link. @returns whether the page is complete */
  #walk(place: Place, page: { readonly rows: EngineRow[]; bytes: number }, count: number): boolean {
    const { space } = place;
    for (const entry of this.#options.db.getRange(this.#native(place))) {
      const stored: Uint8Array = this.#keysOnly ? entry : entry.key;
      const part = stored.subarray(space.header.length);
      const chunk = chunkOf(part);
      if (chunk !== undefined) {
        this.#leave(place, part);
        this.#chunks.push(chunk);
        this.#places.push({ space: spaceBelow(space, chunk), part: undefined, isInclusive: true });
        return false;
      }
      const key = wholeKey(this.#chunks, part);
      if (this.#reverse ? isBelow(key, this.#bounds.lower) : isAbove(key, this.#bounds.upper)) {
        this.#places = [];
        return true;
      }
      if (this.#reverse && isAbove(key, this.#bounds.upper)) continue;
      this.#leave(place, part);
      const value = this.#keysOnly ? EMPTY : unseal(stored, entry.value);
      page.rows.push({ key, value });
      page.bytes += key.length + value.length;
      if (page.rows.length >= count || page.bytes >= PAGE_BYTES) return true;
    }
    this.#places.pop();
    this.#chunks.pop();
    return this.#places.length === 0;
  }

  #leave(place: Place, part: Uint8Array): void {
    place.part = part;
    place.isInclusive = false;
  }

  #native({ space, part, isInclusive }: Place): Parameters<NativeLmdb['getRange']>[0] {
    const { transaction } = this.#options.view;
    const [from, to] = this.#reverse ? [space.end, space.header] : [space.header, space.end];
    return {
      start: part === undefined ? from : storedKey(space, part),
      end: to,
      reverse: this.#reverse,
      // The header alone is the empty key.
      inclusiveEnd: this.#reverse,
      exclusiveStart: part === undefined ? this.#reverse : !isInclusive,
      values: !this.#keysOnly,
      transaction,
    };
  }

  #assertOpen(): void {
    if (this.#closed) throw new EngineClosedError('the cursor is closed');
    this.#options.view.assertOpen();
  }
}
