import type { Disk, DiskFile } from '../ports/disk.js';
import type { LogIdentity } from '../ports/log.js';
import { assertNever, defined } from '../util/assert.js';
import { asBuffer } from '../util/bytes.js';
import { SUCCESSOR_BYTES } from './batch.js';
import { damagedError, foreignError } from './errors.js';
import { Window, scanFile } from './scan-file.js';
import { SegmentScan } from './scan.js';
import type { Fault, Item, Scan } from './scan.js';
import { SEGMENT_HEADER_BYTES, decodeSegmentHeader, segmentName, segmentNames } from './segment.js';
import type { Segment, SegmentHeader } from './segment.js';
import type { LogState } from './state.js';

/** Result of reading a log. */
export interface Recovered {
  /** The segments that the log needs, ascending. Appends go to the last. */
  readonly segments: readonly Segment[];
  /** Content of the last segment after the offset that it states as synced. */
  readonly unsynced: { readonly offset: number; readonly bytes: Buffer };
  readonly scan: Scan;
  /** Names of files to remove: segments whose removal was lost, and unfinished ones. */
  readonly leftovers: readonly string[];
}

export interface RecoveryOptions {
  readonly disk: Disk;
  readonly identity: LogIdentity;
  /** An empty state, which receives the content of the log. */
  readonly state: LogState;
  /** Bytes of a segment that are read at a time; more where a batch is longer. Default: 1 MiB. */
  readonly windowBytes?: number;
}

const WINDOW_BYTES = 1024 * 1024;

/** Reads the log of a folder, without writing to it; undefined if there is no log. @throws LogError */
export async function recover(options: RecoveryOptions): Promise<Recovered | undefined> {
  const { disk, identity, state, windowBytes = WINDOW_BYTES } = options;
  const names = segmentNames(await disk.list());
  const last = names.segments.at(-1);
  if (last === undefined) return undefined;
  const run = lastRun(names.segments);
  const open: Segment[] = [];
  const window = new Window(windowBytes);
  try {
    let before: Reading | undefined;
    for (const sequence of run) {
      const file = await disk.open(segmentName(sequence), 'write');
      const reading = await readSegment({ file, sequence, identity, state, before, window });
      open.push(reading.segment);
      before = reading;
    }
    const { scan, segment } = defined(before, 'the last segment');
    if (scan.successor !== undefined) throw missing(scan.successor);
    if (scan.fault !== undefined && scan.fault.offset < scan.fault.synced) throw damagedAt(last, scan.fault);
    checkComplete(state, run);
    const { oldest } = state.cut;
    const leftovers = names.segments.filter((sequence) => sequence < oldest).map((sequence) => segmentName(sequence));
    const offset = Math.max(scan.synced, SEGMENT_HEADER_BYTES);
    const unsyncedBytes = Math.max((scan.fault?.end ?? scan.end) - offset, 0);
    const bytes = asBuffer(await segment.file.read(offset, unsyncedBytes));
    for (const old of open.filter(({ sequence }) => sequence < oldest)) await old.file.close();
    return {
      segments: open.filter(({ sequence }) => sequence >= oldest),
      unsynced: { offset, bytes },
      scan,
      leftovers: [...leftovers, ...names.spares],
    };
  } catch (error) {
    for (const { file } of open) await file.close();
    throw error;
  }
}

/** Contiguous sequences up to the last. Segments before a gap were removed, and their removal was lost. */
function lastRun(sequences: readonly number[]): readonly number[] {
  let start = sequences.length - 1;
  while (start > 0 && sequences[start - 1] === defined(sequences[start], 'sequence') - 1) start -= 1;
  return sequences.slice(start);
}

interface Reading {
  readonly segment: Segment;
  readonly scan: Scan;
}

interface ReadingOptions {
  readonly file: DiskFile;
  readonly sequence: number;
  readonly identity: LogIdentity;
  readonly state: LogState;
  readonly before: Reading | undefined;
  readonly window: Window;
}

async function readSegment(options: ReadingOptions): Promise<Reading> {
  const { file, sequence, identity, state, before, window } = options;
  try {
    const header = decodeSegmentHeader(await file.read(0, SEGMENT_HEADER_BYTES), sequence);
    const { clusterId, memberId } = header.identity;
    if (clusterId !== identity.clusterId || memberId !== identity.memberId)
      throw foreignError(header.identity, identity);
    if (before !== undefined) checkSealed(before, header);
    const batches = new SegmentScan(header, (item) => replay(state, sequence, item));
    const scan = await scanFile(file, batches, window);
    // A segment gets its name after its first batch is synced.
    if (scan.end === SEGMENT_HEADER_BYTES) throw damagedAt(sequence, scan.fault);
    return { segment: { sequence, file, salt: header.salt, bytes: await file.size() }, scan };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * A segment is created after all of the previous one is synced, so any fault in the previous one is damage. The
 * exception is a torn batch that names the successor, which exists.
 */
function checkSealed({ segment: { sequence }, scan }: Reading, next: SegmentHeader): void {
  const { fault, end, chain } = scan;
  const isTornSuccessor = chain === next.chain && fault !== undefined && fault.end <= end + SUCCESSOR_BYTES;
  if (fault !== undefined && !isTornSuccessor) throw damagedAt(sequence, fault);
  if (scan.chain !== next.chain) {
    throw damagedError({
      file: segmentName(sequence),
      offset: scan.end,
      what: 'the next segment says that more follows',
    });
  }
}

/** Checks that the oldest segment that the cut requires is there, and that entries begin right after the cut. */
function checkComplete(state: LogState, run: readonly number[]): void {
  const { cut, table } = state;
  const file = segmentName(cut.oldest);
  if (cut.oldest < defined(run[0], 'the first segment')) throw missing(cut.oldest);
  if (table.first > cut.index + 1) {
    throw damagedError({ file, offset: 0, what: `entries ${cut.index + 1} to ${table.first - 1} are missing` });
  }
}

function missing(sequence: number): Error {
  return damagedError({ file: segmentName(sequence), offset: 0, what: 'the file is missing' });
}

function damagedAt(sequence: number, fault: Fault | undefined): Error {
  const { offset, what } = fault ?? { offset: SEGMENT_HEADER_BYTES, what: 'the first batch is missing' };
  return damagedError({ file: segmentName(sequence), offset, what });
}

function replay(state: LogState, sequence: number, item: Item): void {
  switch (item.kind) {
    case 'entry': {
      const { index, term, offset, dataBytes } = item;
      // The segments with the entries between the repeated cut and this one were removed. A later record has the newer
      // cut.
      if (state.table.first === state.table.next) state.table.clear(index);
      if (index > state.table.next) {
        throw damagedError({
          file: segmentName(sequence),
          offset,
          what: `entry ${index} follows on ${state.lastIndex}`,
        });
      }
      state.replace(index, term, { sequence, offset, dataBytes });
      return;
    }
    case 'hardState':
      state.hardState = item.hardState;
      return;
    case 'cut':
      state.applyCut(item.cut);
      return;
    case 'successor':
      return;
    default:
      assertNever(item);
  }
}
