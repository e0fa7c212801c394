import { randomInteger, type Random } from '../../src/util/random.js';
import { decodeSegmentHeader, segmentName, segmentNames } from '../../src/wal/segment.js';
import type { FaultyDisk } from '../support/faulty-disk.js';
import { scanSegment } from '../support/scan-segment.js';

/**
 * Flips one bit of the log, below the offset that the log states as synced: above it, damage looks like a torn write.
 * @returns where; undefined if there is no such place yet
 */
export function rotOneBit(disk: FaultyDisk, random: Random): string | undefined {
  const { segments } = segmentNames(disk.names());
  const sequence = segments[randomInteger(random, 0, segments.length)];
  if (sequence === undefined) return undefined;
  const name = segmentName(sequence);
  const bytes = disk.bytes(name);
  const { salt, chain } = decodeSegmentHeader(bytes, sequence);
  const { synced } = scanSegment({ bytes, salt, chain });
  if (synced === 0) return undefined;
  const offset = randomInteger(random, 0, synced);
  disk.flipBit(name, offset, randomInteger(random, 0, 8));
  return `${name} at ${offset}`;
}
