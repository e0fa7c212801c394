/** A header field. Texts hold one byte per character. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Counted for each field beside its text, in bytes (RFC 7541, section 4.1). */
export const FIELD_OVERHEAD_BYTES = 32;

export function fieldBytes({ name, value }: Field): number {
  return name.length + value.length + FIELD_OVERHEAD_BYTES;
}

/** The dynamic table of one direction of a connection (RFC 7541, sections 2.3.2 and 4). */
export class DynamicTable<T extends Field = Field> {
  /** Oldest first. */
  readonly #fields: T[] = [];
  #bytes = 0;
  #capacityBytes: number;
  /** Changes whenever an index means another field than before. */
  generation = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  get length(): number {
    return this.#fields.length;
  }

  /** The field at a distance from the newest one, which is 0. */
  at(distance: number): T | undefined {
    return this.#fields[this.#fields.length - 1 - distance];
  }

  /** The distance of a field from the newest one; -1 if it is absent. */
  distanceOf(name: string, value: string): number {
    const index = this.#fields.findLastIndex((field) => field.name === name && field.value === value);
    return index === -1 ? -1 : this.#fields.length - 1 - index;
  }

  /** Inserts a field and evicts the oldest ones; a field larger than the table empties it. */
  insert(field: T): void {
    this.generation += 1;
    const bytes = fieldBytes(field);
    this.#evict(this.#capacityBytes - bytes);
    if (bytes > this.#capacityBytes) return;
    this.#fields.push(field);
    this.#bytes += bytes;
  }

  resize(capacityBytes: number): void {
    this.generation += 1;
    this.#capacityBytes = capacityBytes;
    this.#evict(capacityBytes);
  }

  #evict(bytesMax: number): void {
    while (this.#bytes > Math.max(0, bytesMax)) {
      const oldest = this.#fields.shift();
      if (oldest === undefined) return;
      this.#bytes -= fieldBytes(oldest);
    }
  }
}
