/** Entries up to which a source is not held to have more than its share: a member has two links, and may replace them. */
const FAIR_SHARE = 4;

/**
 * Entries by the source that they came from, oldest first. It chooses the entry to give up when there are too many: the
 * oldest of the source that has the most. So a source that floods displaces its own entries, and not those of others.
 */
export class SourceSet<T> {
  readonly #sources = new Map<string, Set<T>>();
  readonly #sourceOf = new Map<T, string>();

  get size(): number {
    return this.#sourceOf.size;
  }

  /** All entries, in the order in which they were added. Entries may be deleted meanwhile. */
  oldestFirst(): IterableIterator<T> {
    return this.#sourceOf.keys();
  }

  /** An entry that is there already becomes the newest. */
  add(entry: T, source: string): void {
    this.delete(entry);
    const own = this.#sources.get(source) ?? new Set();
    this.#sources.set(source, own.add(entry));
    this.#sourceOf.set(entry, source);
  }

  delete(entry: T): void {
    const source = this.#sourceOf.get(entry);
    if (source === undefined) return;
    this.#sourceOf.delete(entry);
    const own = this.#sources.get(source);
    own?.delete(entry);
    if (own?.size === 0) this.#sources.delete(source);
  }

  /**
   * The entry to give up for a new one: the oldest of the source that has the most, if that has more than twice as many as the
   * source of the new one would have. Undefined if no source has.
   */
  victimFor(source: string): T | undefined {
    const largest = this.#largest();
    const after = (this.#sources.get(source)?.size ?? 0) + 1;
    if (largest === undefined || largest.size <= 2 * after) return undefined;
    const [oldest] = largest;
    return oldest;
  }

  /** The entry to give up; undefined if there is none. Sources within their fair share count as equal. */
  victim(): T | undefined {
    const largest = this.#largest();
    const [oldest] = largest ?? this.#sourceOf.keys();
    return oldest;
  }

  /** The entries of the source that has the most, if they are more than a fair share. */
  #largest(): Set<T> | undefined {
    let most = FAIR_SHARE;
    let largest: Set<T> | undefined;
    for (const own of this.#sources.values()) if (own.size > most) [most, largest] = [own.size, own];
    return largest;
  }
}

/**
 * The part of a network that a single party may control: an IPv4 address, or the first half of an IPv6 address.
 * @param address an IP address, with a port or without; undefined for a caller on this machine
 */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return 'local';
  const mapped = /(?:^|:)(\d+\.\d+\.\d+\.\d+)(?:\]?:\d+)?\]?$/.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.replace(/^\[|\].*$/g, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...tailGroups].slice(0, 4).join(':');
}
