import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from '../../../src/ports/disk.js';
import type { Entry } from '../../../src/raft/types.js';
import { readEntries, recordPieces } from '../../../src/record/entry-record.js';
import { batchBytes, encodeBatch, type Change } from '../../../src/wal/batch.js';
import { LogError } from '../../../src/wal/errors.js';
import { recover } from '../../../src/wal/recovery.js';
import type { Item } from '../../../src/wal/scan.js';
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentName,
} from '../../../src/wal/segment.js';
import { LogState } from '../../../src/wal/state.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { scanSegment } from '../../support/scan-segment.js';
import { IDENTITY } from '../../wal/fixtures.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

/** A segment as it was written. */
interface Written {
  readonly bytes: Buffer;
  /** The records of each batch, and the offset after it. */
  readonly batches: readonly { readonly items: readonly Item[]; readonly end: number }[];
  /** Seed of the next segment's first batch. */
  readonly chain: number;
}

interface Start {
  readonly sequence: number;
  readonly chain: number;
  readonly index: number;
  /** Whether the last batch names the next segment. */
  readonly isSealed: boolean;
}

function randomEntries(random: Random, index: number): Entry[] {
  return Array.from({ length: randomInteger(random, 0, 5) }, (_, at) => ({
    index: index + at,
    term: randomInteger(random, 1, 4),
    type: pick(random, ['normal', 'normal', 'conf-change', 'conf-change-v2'] as const),
    data: randomBytesOf(random, randomSize(random, chance(random, 0.05) ? 3_000 : 60)),
  }));
}

function randomChanges(random: Random, index: number): Change[] {
  const entries = randomEntries(random, index);
  const hardState = chance(random, 0.5)
    ? { term: randomInteger(random, 1, 9), vote: randomInteger(random, 0, 4), commit: index - 1 }
    : undefined;
  if (chance(random, 0.1)) return [{ kind: 'cut', cut: { index: 0, term: 0, oldest: 1 } }];
  if (entries.length === 0 && hardState === undefined)
    return [{ kind: 'append', entries: [], hardState: { term: 1, vote: 0, commit: 0 } }];
  return [{ kind: 'append', entries, hardState }];
}

function writeSegment(
  random: Random,
  { sequence, chain: seed, index: first, isSealed }: Start,
): Written & { readonly index: number } {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const { salt } = encodeSegmentHeader(header, { identity: IDENTITY, sequence, chain: seed });
  const parts: Buffer[] = [header];
  const batches: { items: Item[]; end: number }[] = [];
  let [offset, synced, chain, index] = [SEGMENT_HEADER_BYTES, SEGMENT_HEADER_BYTES, seed, first];
  const write = (changes: readonly Change[]): void => {
    const bytes = Buffer.alloc(batchBytes(changes));
    const placed = encodeBatch(bytes, changes, { offset, synced, chain, salt });
    batches.push({ items: itemsOf(changes, placed.offsets), end: offset + bytes.length });
    parts.push(bytes);
    ({ chain } = placed);
    offset += bytes.length;
    if (chance(random, 0.7)) synced = offset;
  };
  for (let count = randomInteger(random, 1, 6); count > 0; count -= 1) {
    const changes = randomChanges(random, index);
    write(changes);
    for (const change of changes) if (change.kind === 'append') index += change.entries.length;
  }
  const end = chain;
  if (isSealed) write([{ kind: 'successor', sequence: sequence + 1 }]);
  parts.push(Buffer.alloc(randomSize(random, 600)));
  return { bytes: Buffer.concat(parts), batches, chain: end, index };
}

function itemsOf(changes: readonly Change[], offsets: readonly number[]): Item[] {
  let entryAt = 0;
  return changes.flatMap((change): Item[] => {
    if (change.kind !== 'append') return [change];
    const { entries, hardState } = change;
    const items = entries.map(({ index, term, data }): Item => {
      entryAt += 1;
      return { kind: 'entry', index, term, offset: offsets[entryAt - 1] ?? 0, dataBytes: data.length };
    });
    return hardState === undefined ? items : [...items, { kind: 'hardState', hardState }];
  });
}

const INPUTS = 100;

/** A changed segment: the records of all batches before the first change are read, and none that was not written. */
export function walSegments(trial: Trial): void {
  const { random } = trial;
  const sequence = randomInteger(random, 1, 1_000);
  const written = writeSegment(random, {
    sequence,
    chain: randomInteger(random, 0, 2 ** 32),
    index: 1,
    isSealed: chance(random, 0.2),
  });
  const earlier = writeSegment(random, { sequence, chain: 7, index: 1, isSealed: false }).bytes;
  for (let count = 0; count < INPUTS; count += 1) {
    trial.feed(mutated(random, written.bytes, [written.bytes, earlier]), (bytes) =>
      checkSegment(bytes, sequence, written),
    );
  }
}

function checkSegment(bytes: Buffer, sequence: number, written: Written): void {
  let header;
  try {
    header = decodeSegmentHeader(bytes, sequence);
  } catch (error) {
    check(error instanceof LogError, String(error));
    check(
      bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, 44).equals(written.bytes.subarray(0, 44)),
      `an intact header is refused: ${String(error)}`,
    );
    return;
  }
  const original = decodeSegmentHeader(written.bytes, sequence);
  check(JSON.stringify(header) === JSON.stringify(original), 'another header is accepted');
  const seen: Item[] = [];
  const scan = scanSegment({ bytes, salt: header.salt, chain: header.chain, onItem: (item) => seen.push(item) });
  const wanted = written.batches.flatMap(({ items }) => items).filter(({ kind }) => kind !== 'successor');
  check(JSON.stringify(seen) === JSON.stringify(wanted.slice(0, seen.length)), 'records that were not written');
  const same = commonBytes(bytes, written.bytes);
  const intact = written.batches.filter(({ end }) => end <= same).flatMap(({ items }) => items);
  check(
    seen.length >= intact.filter(({ kind }) => kind !== 'successor').length,
    'a batch before the change is not read',
  );
  check(scan.end >= SEGMENT_HEADER_BYTES && scan.end <= bytes.length, `an end at ${scan.end}`);
  const { fault } = scan;
  if (fault !== undefined) check(fault.offset >= scan.end && fault.end <= bytes.length, `a fault at ${fault.offset}`);
}

/** What is recovered, or why nothing is. */
async function outcome(disk: Disk, state: LogState, windowBytes?: number): Promise<string> {
  try {
    const recovered = await recover({ disk, identity: IDENTITY, state, ...(windowBytes && { windowBytes }) });
    const { scan, unsynced, leftovers, segments = [] } = recovered ?? {};
    const files = segments.map(({ sequence, bytes }) => ({ sequence, bytes }));
    const { hardState, cut, table } = state;
    const entries = Array.from({ length: table.next - table.first }, (_, at) => [
      table.term(table.first + at),
      table.locate(table.first + at),
    ]);
    return JSON.stringify({ scan, unsynced, leftovers, files, hardState, cut, first: table.first, entries });
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    return `refused: ${error.message}`;
  }
}

/** Length of the common start. */
function commonBytes(left: Buffer, right: Buffer): number {
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left[at] === right[at]) at += 1;
  return at;
}

/** Changed records of entries, as links and the cache read them: only entries that were written are read. */
export function entryRecords(trial: Trial): void {
  const { random } = trial;
  const entries = randomEntries(random, randomInteger(random, 1, 2 ** 40));
  const valid = Buffer.concat(recordPieces(entries));
  const others = [Buffer.concat(recordPieces(randomEntries(random, 5)))];
  const known = new Set(
    [
      ...entries,
      ...(readEntries(others[0] ?? valid, { start: 0, end: others[0]?.length ?? 0 }) as readonly Entry[]),
    ].map(textOf),
  );
  for (let count = 0; count < INPUTS; count += 1) {
    trial.feed(mutated(random, valid, others), (bytes) => {
      const seen = readEntries(bytes, { start: 0, end: bytes.length });
      if (typeof seen === 'string') return check(!bytes.equals(valid), `intact records are refused: ${seen}`);
      check(
        seen.every((entry) => known.has(textOf(entry))),
        'an entry that was not written',
      );
      return check(Buffer.concat(recordPieces(seen)).equals(bytes), 'the records of these entries are other bytes');
    });
  }
}

function textOf({ index, term, type, data }: Entry): string {
  return `${index} ${term} ${type} ${Buffer.from(data).toString('hex')}`;
}

/** Segments in memory, as the folder of a log that is only read. */
class ReadOnlyDisk implements Pick<Disk, 'list' | 'open'> {
  readonly #files: ReadonlyMap<string, Buffer>;

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = files;
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#files.keys()]);
  }

  open(name: string): Promise<DiskFile> {
    const bytes = this.#files.get(name) ?? Buffer.alloc(0);
    const file: Pick<DiskFile, 'read' | 'size' | 'close'> = {
      read: (offset, length, memory = Buffer.alloc(length)) =>
        Promise.resolve(memory.subarray(0, bytes.copy(memory, 0, offset, offset + length))),
      size: () => Promise.resolve(bytes.length),
      close: () => Promise.resolve(),
    };
    return Promise.resolve(file as DiskFile);
  }
}

const LOGS = 20;

/** A log of several segments, one of them changed: it is refused, or holds a prefix of the entries that were written. */
export async function walLogs(trial: Trial): Promise<void> {
  const { random } = trial;
  const segments: Written[] = [];
  let [chain, index] = [0, 1];
  const count = randomInteger(random, 1, 4);
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const written = writeSegment(random, { sequence, chain, index, isSealed: sequence < count });
    segments.push(written);
    ({ chain, index } = written);
  }
  for (let input = 0; input < LOGS; input += 1) {
    const changed = randomInteger(random, 0, count);
    const intact = segments[changed]?.bytes ?? Buffer.alloc(0);
    const others = segments.map((segment) => segment.bytes);
    const bytes = chance(random, 0.2) ? resealed(random, intact) : mutated(random, intact, others);
    // Of a log whose first segments were removed, the cut says where it begins; none has such a cut here.
    const missing = chance(random, 0.1) ? randomInteger(random, 0, count) : undefined;
    const windowBytes = randomInteger(random, 1, 2_000);
    await trial.feedSlowly(bytes, (content) => checkLog(segments, { changed, missing, windowBytes }, content));
  }
}

/** A header with other fields, whose checksum holds. */
function resealed(random: Random, segment: Buffer): Buffer {
  const bytes = Buffer.from(segment);
  const place = pick(random, [8, 12, 16, 24, 32]);
  bytes.writeUInt32LE(chance(random, 0.5) ? randomInteger(random, 0, 6) : randomInteger(random, 0, 2 ** 32), place);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 40)), 40);
  return bytes;
}

interface ChangedLog {
  /** Position of the changed segment. */
  readonly changed: number;
  /** Position of a segment that is absent. */
  readonly missing: number | undefined;
  /** See `RecoveryOptions.windowBytes`. */
  readonly windowBytes: number;
}

async function checkLog(
  segments: readonly Written[],
  { changed, missing, windowBytes }: ChangedLog,
  content: Buffer,
): Promise<void> {
  const all = segments.map(({ bytes }, at): [string, Buffer] => [
    segmentName(at + 1),
    at === changed ? content : bytes,
  ]);
  const files = new Map(all.filter((_, at) => at !== missing));
  const state = new LogState(100_000);
  const disk = new ReadOnlyDisk(files) as unknown as Disk;
  const found = await outcome(disk, state);
  const inParts = await outcome(disk, new LogState(100_000), windowBytes);
  check(found === inParts, `a log read in parts of ${windowBytes} bytes: ${inParts}, and at once: ${found}`);
  if (found.startsWith('refused')) {
    check(
      missing !== undefined || !content.equals(segments[changed]?.bytes ?? Buffer.alloc(0)),
      `an intact log is ${found}`,
    );
    return;
  }
  const terms = new Map<number, number>();
  for (const { items } of segments.flatMap(({ batches }) => batches)) {
    for (const item of items) if (item.kind === 'entry') terms.set(item.index, item.term);
  }
  check(state.lastIndex <= terms.size, `it ends at ${state.lastIndex}, behind the last entry`);
  for (let index = state.table.first; index <= state.lastIndex; index += 1) {
    check(state.term(index) === terms.get(index), `entry ${index} has the term ${state.term(index)}`);
  }
}
