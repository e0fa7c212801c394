import { SegmentScan, type Item, type Scan } from '../../src/wal/scan.js';

export interface ScanOptions {
  /** The whole segment. */
  readonly bytes: Buffer;
  readonly salt: number;
  /** Seed of the first batch's chain. */
  readonly chain: number;
  /** Called for each record of each whole batch, in order. Default: nothing. */
  readonly onItem?: (item: Item) => void;
}

/** Reads the batches of a segment that is in memory. */
export function scanSegment({ bytes, salt, chain, onItem = () => undefined }: ScanOptions): Scan {
  const scan = new SegmentScan({ salt, chain }, onItem);
  const whole = { bytes, base: 0 };
  return scan.result(scan.read(whole), whole);
}
