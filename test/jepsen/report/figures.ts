const GROUPED = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** A whole number with its thousands grouped. */
export function count(value: number): string {
  return GROUPED.format(value);
}

/** `1 call`, `2 calls`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A rate or size with three significant digits. */
export function short(value: number): string {
  if (value >= 1000) return count(Number(value.toPrecision(3)));
  return String(Number(value.toPrecision(3)));
}

/** A time span in the unit that suits it. @param us microseconds */
export function span(us: number): string {
  if (us < 1000) return `${short(us)} µs`;
  if (us < 1_000_000) return `${short(us / 1000)} ms`;
  if (us < 120_000_000) return `${short(us / 1_000_000)} s`;
  const seconds = Math.round(us / 1_000_000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  const [large, small] = hours > 0 ? [`${hours} h`, minutes % 60] : [`${minutes} min`, seconds % 60];
  return small === 0 ? large : `${large} ${small} ${hours > 0 ? 'min' : 's'}`;
}

/** A point in time since the start of the run, precise to the ms. @param us microseconds */
export function moment(us: number): string {
  return `${(us / 1_000_000).toFixed(3)} s`;
}

/** A part of a whole in per cent, which is `100 %` and `0 %` only where that is exact. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  if (part === whole) return '100 %';
  const value = (100 * part) / whole;
  if (value > 99.99) return '> 99.99 %';
  if (value > 0 && value < 0.01) return '< 0.01 %';
  return `${value.toFixed(2)} %`;
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${short(value)} ${units[at] ?? ''}`;
}

/** The value below which the given part of the sorted values lies. */
export function quantile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/** A value of a history as text, cut to a length. */
export function valueText(value: unknown, lengthMax = 60): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : compact(value);
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}

function compact(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
