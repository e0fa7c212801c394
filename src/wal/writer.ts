import type { Disk } from '../ports/disk.js';
import type { LogIdentity } from '../ports/log.js';
import { defined } from '../util/assert.js';
import type { Logger } from '../util/logger.js';
import { BATCH_HEAD_BYTES, SUCCESSOR_BYTES, batchBytes, encodeBatch } from './batch.js';
import type { Change, Placement } from './batch.js';
import type { DurableWrites } from './durable-writes.js';
import type { Recovered } from './recovery.js';
import { SEGMENT_HEADER_BYTES, encodeSegmentHeader, segmentName, spareName } from './segment.js';
import type { Segment } from './segment.js';
import { SpareSegment, createBlank } from './spare.js';
import type { BlankFile } from './spare.js';

export interface WriterOptions {
  readonly disk: Disk;
  readonly identity: LogIdentity;
  readonly segmentBytes: number;
  readonly writes: DurableWrites;
  readonly logger: Logger;
}

interface WriteOptions {
  readonly sync: boolean;
  /** Nothing waits behind this write. */
  readonly alone: boolean;
  /** Returns records for the start of a new segment, in case this batch begins one. */
  readonly state: () => readonly Change[];
}

/** Position of the next write. */
interface Position {
  /** Offset of the next batch. */
  readonly offset: number;
  /** Chain of the batch before it. */
  readonly chain: number;
  /** Offset up to which the segment is synced. */
  readonly synced: number;
  /** The synced offset that the newest batch states. */
  readonly stated: number;
}

/** Size up to which the batch buffer is kept between writes, in bytes. */
const KEPT_BUFFER_BYTES = 4 * 1024 * 1024;

/** Writes the segments of an open log. One call at a time. */
export class LogWriter {
  readonly #options: WriterOptions;
  /** By sequence, ascending. */
  readonly #segments = new Map<number, Segment>();
  /** Length of all segments. */
  #bytes = 0;
  #active: Segment;
  #position: Position;
  /** Whether the active segment holds its first batch only. */
  #empty = false;
  #spare: SpareSegment | undefined;
  /** Settles when the last removal of segments ends. */
  #removal: Promise<void> = Promise.resolve();
  #buffer = Buffer.alloc(64 * 1024);

  private constructor(options: WriterOptions, segments: readonly Segment[], position: Position) {
    this.#options = options;
    for (const segment of segments) this.#segments.set(segment.sequence, segment);
    this.#bytes = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#active = defined(segments.at(-1), 'the last segment');
    this.#position = position;
  }

  /** Continues a recovered and repaired log. */
  static resume(options: WriterOptions, { segments, scan }: Recovered): LogWriter {
    const position = { offset: scan.end, chain: scan.chain, synced: scan.end, stated: scan.synced };
    return new LogWriter(options, segments, position);
  }

  /** Creates a log. */
  static async create(options: WriterOptions, state: readonly Change[]): Promise<LogWriter> {
    const blank = await createBlank({ ...options, sequence: 1, bytes: options.segmentBytes });
    const begun = await beginSegment({ ...options, blank, sequence: 1, chain: 0, state });
    return new LogWriter(options, [begun.segment], begun.position);
  }

  get activeSequence(): number {
    return this.#active.sequence;
  }

  segment(sequence: number): Segment {
    return defined(this.#segments.get(sequence), `segment ${sequence}`);
  }

  get oldestSequence(): number {
    const [oldest = this.activeSequence] = this.#segments.keys();
    return oldest;
  }

  get sizeBytes(): number {
    return this.#bytes + (this.#spare?.bytes ?? 0);
  }

  get contentBytes(): number {
    return this.#bytes - this.#active.bytes + this.#position.offset;
  }

  /** Writes one batch into the active segment, in one system call, and syncs it if asked to. */
  async write(changes: readonly Change[], { sync, alone, state }: WriteOptions): Promise<Placement> {
    const full = this.#position.offset + batchBytes(changes) + SUCCESSOR_BYTES > this.#active.bytes;
    if (full && !this.#empty) await this.#roll(state());
    const placement = await this.#put(changes, { sync, alone });
    this.#prepareNext();
    return placement;
  }

  /**
   * Writes one batch into the active segment and makes it durable before it returns.
   *
   * @returns undefined if the batch is left to `write`, as it is long, needs another segment or another sync
   */
  writeInTurn(changes: readonly Change[]): Placement | undefined {
    const { offset, chain, synced } = this.#position;
    const bytes = batchBytes(changes);
    if (synced < offset || offset + bytes + SUCCESSOR_BYTES > this.#active.bytes) return undefined;
    if (!this.#options.writes.takesInTurn(bytes)) return undefined;
    const data = this.#room(bytes);
    const placement = encodeBatch(data, changes, { offset, synced, chain, salt: this.#active.salt });
    this.#options.writes.appendInTurn(this.#active.file, { offset, data });
    const end = offset + bytes;
    this.#position = { offset: end, chain: placement.chain, synced: end, stated: synced };
    this.#empty = false;
    this.#prepareNext();
    return placement;
  }

  /** Removes the segments before `oldest`. May run during a write. */
  async removeBefore(oldest: number): Promise<void> {
    const removed = [...this.#segments.values()].filter(({ sequence }) => sequence < oldest);
    if (removed.length === 0) return;
    for (const { sequence, bytes } of removed) {
      this.#segments.delete(sequence);
      this.#bytes -= bytes;
    }
    const before = this.#removal;
    this.#removal = before.then(async () => removeSegments(this.#options.disk, removed));
    await this.#removal;
  }

  /** Records that all of the log is synced: from then on, damage cannot look like a torn write. */
  async seal(): Promise<void> {
    const { offset, stated, synced } = this.#position;
    if (offset - stated <= BATCH_HEAD_BYTES) return;
    if (synced < offset) await this.#sync();
    await this.#put([], { sync: true, alone: false });
  }

  async close(): Promise<void> {
    await this.#removal;
    const blank = await this.#spare?.take();
    if (this.#spare !== undefined && blank !== undefined) {
      await blank.file.close();
      await this.#options.disk.remove(spareName(this.#spare.sequence));
    }
    for (const { file } of this.#segments.values()) await file.close();
  }

  /** A batch longer than a whole segment extends the file. */
  async #put(changes: readonly Change[], { sync, alone }: Omit<WriteOptions, 'state'>): Promise<Placement> {
    const { offset, chain, synced } = this.#position;
    const data = this.#room(batchBytes(changes));
    const placement = encodeBatch(data, changes, { offset, synced, chain, salt: this.#active.salt });
    const { file } = this.#active;
    // A durable write covers itself, and not an earlier batch that was not synced.
    const through = sync && synced === offset;
    if (through) await this.#options.writes.append(file, { offset, data, alone });
    else await file.write(offset, data);
    const end = offset + data.length;
    this.#position = { offset: end, chain: placement.chain, synced: through ? end : synced, stated: synced };
    if (sync && !through) await this.#sync();
    this.#empty = false;
    if (end > this.#active.bytes) this.#activate({ ...this.#active, bytes: end });
    return placement;
  }

  async #sync(): Promise<void> {
    const { offset } = this.#position;
    await this.#active.file.datasync();
    this.#position = { ...this.#position, synced: offset };
  }

  /** Begins the next segment after all of the current one is synced: `recover` relies on it. */
  async #roll(state: readonly Change[]): Promise<void> {
    if (this.#position.synced < this.#position.offset) await this.#sync();
    const spare = this.#spare;
    this.#spare = undefined;
    const sequence = this.#active.sequence + 1;
    const blank =
      (await spare?.take()) ?? (await createBlank({ ...this.#options, sequence, bytes: this.#nextBytes() }));
    const begun = await beginSegment({ ...this.#options, blank, sequence, chain: this.#position.chain, state });
    await this.#nameSuccessor(sequence);
    this.#activate(begun.segment);
    this.#position = begun.position;
    this.#empty = true;
  }

  /**
   * Ends the active segment with the sequence of the next one, whose name is durable. If that file is lost, the log is
   * refused instead of opening as a shorter one. Durable before anything is acknowledged from the next segment.
   */
  async #nameSuccessor(sequence: number): Promise<void> {
    const { offset, chain, synced } = this.#position;
    const { file, salt } = this.#active;
    const changes: readonly Change[] = [{ kind: 'successor', sequence }];
    const target = Buffer.alloc(SUCCESSOR_BYTES);
    encodeBatch(target, changes, { offset, synced, chain, salt });
    await file.writeThrough(offset, target);
  }

  #prepareNext(): void {
    if (this.#spare !== undefined || this.#position.offset < this.#active.bytes / 2) return;
    const sequence = this.#active.sequence + 1;
    this.#spare = new SpareSegment({ ...this.#options, sequence, bytes: this.#nextBytes() });
  }

  /** Segments grow from one to the next, so that a small log takes little space. */
  #nextBytes(): number {
    return Math.min(this.#options.segmentBytes, this.#active.bytes * 2);
  }

  #activate(segment: Segment): void {
    this.#bytes += segment.bytes - (this.#segments.get(segment.sequence)?.bytes ?? 0);
    this.#active = segment;
    this.#segments.set(segment.sequence, segment);
  }

  #room(bytes: number): Buffer {
    if (bytes > this.#buffer.length) {
      const grown = Buffer.alloc(2 ** Math.ceil(Math.log2(bytes)));
      if (grown.length > KEPT_BUFFER_BYTES) return grown.subarray(0, bytes);
      this.#buffer = grown;
    }
    return this.#buffer.subarray(0, bytes);
  }
}

async function removeSegments(disk: Disk, segments: readonly Segment[]): Promise<void> {
  for (const { sequence, file } of segments) {
    await file.close();
    await disk.remove(segmentName(sequence));
  }
  await disk.syncFolder();
}

interface Beginning {
  readonly disk: Disk;
  readonly identity: LogIdentity;
  readonly blank: BlankFile;
  readonly sequence: number;
  readonly chain: number;
  readonly state: readonly Change[];
}

/** Writes header and first batch into a blank file, syncs them, and only then gives the file its name. */
async function beginSegment(options: Beginning): Promise<{ readonly segment: Segment; readonly position: Position }> {
  const { disk, identity, blank, sequence, chain, state } = options;
  const offset = SEGMENT_HEADER_BYTES;
  const bytes = Buffer.alloc(offset + batchBytes(state));
  const { salt } = encodeSegmentHeader(bytes, { identity, sequence, chain });
  const first = encodeBatch(bytes.subarray(offset), state, { offset, synced: 0, chain, salt });
  const { file } = blank;
  await file.write(0, bytes);
  await file.sync();
  await disk.rename(spareName(sequence), segmentName(sequence));
  await disk.syncFolder();
  const end = bytes.length;
  return {
    segment: { sequence, file, salt, bytes: blank.bytes },
    position: { offset: end, chain: first.chain, synced: end, stated: end },
  };
}
