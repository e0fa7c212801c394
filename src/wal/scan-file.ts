import type { DiskFile } from '../ports/disk.js';
import { asBuffer, isZero } from '../util/bytes.js';
import type { Part } from './batch.js';
import type { Scan, SegmentScan } from './scan.js';

/** Memory for parts of files. It is used again, as a page of fresh memory can cost more than reading it. */
export class Window {
  #bytes: Buffer;

  /** @param length of a part, in bytes */
  constructor(length: number) {
    this.#bytes = Buffer.allocUnsafeSlow(length);
  }

  get length(): number {
    return this.#bytes.length;
  }

  grow(): void {
    this.#bytes = Buffer.allocUnsafeSlow(this.length * 2);
  }

  /** Reads the part of a file that begins at `base`. The part before it is gone. */
  async read(file: Pick<DiskFile, 'read'>, base: number): Promise<Part> {
    return { bytes: asBuffer(await file.read(base, this.length, this.#bytes)), base };
  }
}

/** Reads the batches of a segment part by part. Only one with a fault is held in memory from the fault to its end. */
export async function scanFile(file: Pick<DiskFile, 'read'>, scan: SegmentScan, window: Window): Promise<Scan> {
  for (;;) {
    const { next } = scan;
    const part = await window.read(file, next);
    const isLast = part.bytes.length < window.length;
    const broken = scan.read(part);
    // The batch at the end of the part is read with the next one.
    if (scan.next > next && !isLast) continue;
    const rest = { bytes: part.bytes.subarray(scan.next - next), base: scan.next };
    if (await hasOnlyZeros(file, rest, window)) return scan.result(broken, undefined);
    if (isLast) return scan.result(broken, part);
    window.grow();
  }
}

/** Whether only zeros follow in the file. @param rest its next bytes. The parts after them replace it in the window */
async function hasOnlyZeros(file: Pick<DiskFile, 'read'>, { bytes, base }: Part, window: Window): Promise<boolean> {
  if (!isZero(bytes)) return false;
  if (bytes.length === 0) return true;
  return hasOnlyZeros(file, await window.read(file, base + bytes.length), window);
}
