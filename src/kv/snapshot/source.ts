import type { SnapshotPosition, SnapshotSource } from '../../ports/snapshot.js';
import type { EngineCursor, EngineReader, EngineRow } from '../../ports/engine.js';
import type { SnapshotMetadata } from '../../raft/types.js';
import { assert } from '../../util/assert.js';
import { isOwnRow } from '../format/meta.js';
import { allocateFrame, FRAME_BODY, FrameKind, makeFrame, samePosition, sealFrame, START } from './frames.js';
import { encodeHeader, encodeTrailer, type SnapshotHeader, type SnapshotTrailer } from './header.js';
import { rowBytes, writeRows } from './rows.js';

/** Bytes of rows in one frame. A larger row has a frame of its own. */
export const FRAME_ROWS_BYTES = 128 * 1024;
/** Rows of one page. Pages usually end by bytes before. */
const PAGE_ROWS = 1024;
/** Latest positions that a walk keeps: more than the frames in flight to its receiver. */
const REMEMBERED_POSITIONS = 256;
/** Maximum number of interrupted walks that can be resumed. The oldest is dropped. */
const REMEMBERED_WALKS = 8;

/** The position of a walk after a frame. */
interface Checkpoint {
  readonly position: SnapshotPosition;
  /** Key of the last row before it; undefined after the header. */
  readonly lastKey: Uint8Array | undefined;
  readonly counted: SnapshotTrailer;
}

/**
 * The walk of one receiver. Each keeps its own positions, so that a fast receiver does not make a slow one start over.
 */
interface Walk {
  /** Oldest first. */
  readonly checkpoints: Checkpoint[];
  ended: boolean;
}

const NOTHING: SnapshotTrailer = { rows: 0, rowBytes: 0 };

/** The published state of a store as frames. Rows are read from an engine snapshot, one frame at a time. */
export class StateSnapshot implements SnapshotSource {
  readonly metadata: SnapshotMetadata;
  readonly #header: SnapshotHeader;
  readonly #reader: EngineReader;
  readonly #onClose: () => void;
  /** Oldest first. */
  #walks: Walk[] = [];
  #closed = false;

  /** @param options.onClose called once, when reading has ended */
  constructor(options: {
    readonly header: SnapshotHeader;
    readonly reader: EngineReader;
    readonly onClose: () => void;
  }) {
    const { header, reader, onClose } = options;
    const { appliedIndex: index, appliedTerm: term } = header.meta;
    this.metadata = { index, term, confState: header.confState };
    this.#header = header;
    this.#reader = reader;
    this.#onClose = onClose;
  }

  async *frames(from: SnapshotPosition = START): AsyncGenerator<Uint8Array, void, undefined> {
    assert(!this.#closed, 'a closed snapshot is read');
    const start = this.#checkpointAt(from);
    const walk = this.#begin();
    try {
      let at = start;
      if (at === undefined) {
        const { frame, position } = makeFrame(FrameKind.header, encodeHeader(this.#header), START);
        at = { position, lastKey: undefined, counted: NOTHING };
        remember(walk, at);
        yield frame;
      }
      yield* this.#rows(walk, at);
    } finally {
      walk.ended = true;
      if (this.#closed && !this.#isRead) this.#onClose();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#isRead) this.#onClose();
  }

  get #isRead(): boolean {
    return this.#walks.some(({ ended }) => !ended);
  }

  #begin(): Walk {
    const broken = this.#walks.filter(({ ended }) => ended);
    const forgotten = broken.slice(0, Math.max(0, broken.length - REMEMBERED_WALKS));
    const walk: Walk = { checkpoints: [], ended: false };
    this.#walks = [...this.#walks.filter((known) => !forgotten.includes(known)), walk];
    return walk;
  }

  async *#rows(walk: Walk, start: Checkpoint): AsyncGenerator<Uint8Array, void, undefined> {
    const { lastKey } = start;
    const cursor = this.#reader.cursor(lastKey === undefined ? {} : { gt: lastKey });
    let at = start;
    try {
      for await (const rows of pages(cursor)) {
        const bytes = rows.reduce((sum, row) => sum + rowBytes(row), 0);
        const frame = allocateFrame(bytes);
        writeRows(frame, FRAME_BODY, rows);
        const position = sealFrame(frame, FrameKind.rows, at.position);
        // A copy, because a view would keep the whole page in memory.
        const last = rows.at(-1);
        const key = last === undefined ? at.lastKey : Uint8Array.from(last.key);
        at = { position, lastKey: key, counted: add(at.counted, rows) };
        remember(walk, at);
        yield frame;
      }
    } finally {
      await cursor.close();
    }
    yield makeFrame(FrameKind.trailer, encodeTrailer(at.counted), at.position).frame;
  }

  #checkpointAt(from: SnapshotPosition): Checkpoint | undefined {
    for (const { checkpoints } of this.#walks) {
      const found = checkpoints.find(({ position }) => samePosition(position, from));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function remember({ checkpoints }: Walk, checkpoint: Checkpoint): void {
  checkpoints.push(checkpoint);
  if (checkpoints.length > REMEMBERED_POSITIONS) checkpoints.shift();
}

/** The rows of a snapshot, grouped by frame. */
async function* pages(cursor: EngineCursor): AsyncGenerator<readonly EngineRow[], void, undefined> {
  let group: EngineRow[] = [];
  let bytes = 0;
  for (let page = await cursor.next(PAGE_ROWS); page.length > 0; page = await cursor.next(PAGE_ROWS)) {
    for (const row of page) {
      if (isOwnRow(row.key)) continue;
      if (bytes > 0 && bytes + rowBytes(row) > FRAME_ROWS_BYTES) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(row);
      bytes += rowBytes(row);
    }
  }
  if (group.length > 0) yield group;
}

function add(counted: SnapshotTrailer, rows: readonly EngineRow[]): SnapshotTrailer {
  let { rowBytes } = counted;
  for (const { key, value } of rows) rowBytes += key.length + value.length;
  return { rows: counted.rows + rows.length, rowBytes };
}
