/** Lengths of values, as in titles of rows. */
export type Size = '256 B' | '1 KB' | '16 KB';

export const BYTES: Readonly<Record<Size, number>> = { '256 B': 256, '1 KB': 1024, '16 KB': 16_384 };

/** As in ids of rows: 16kb. */
export function sizeId(size: Size): string {
  return size.replace(' ', '').toLowerCase();
}
