import { crc32 } from 'node:zlib';
import type { Entry, EntryType } from '../../src/raft/types.js';

interface Known {
  readonly type: EntryType;
  readonly checksum: number;
  /** The term of the entry before. */
  readonly previousTerm: number;
}

/** Terms stay below this in any run: index and term make one number. */
const TERMS_MAX = 2 ** 20;

/**
 * Every entry that was ever appended to any log. Log matching (paper, section 5.3): index and term identify one entry
 * and, since each records the term of the one before, all preceding entries.
 */
export class EntryBook {
  readonly #known = new Map<number, Known>();

  /** @returns the violation */
  note(entry: Entry, previousTerm: number): string | undefined {
    const key = entry.index * TERMS_MAX + entry.term;
    const checksum = crc32(entry.data);
    const known = this.#known.get(key);
    if (known === undefined) {
      this.#known.set(key, { type: entry.type, checksum, previousTerm });
      return undefined;
    }
    if (known.checksum !== checksum || known.type !== entry.type) {
      return `log matching: two entries ${entry.term}/${entry.index}`;
    }
    if (known.previousTerm === previousTerm) return undefined;
    return `log matching: ${entry.term}/${entry.index} follows on terms ${known.previousTerm} and ${previousTerm}`;
  }

  /** The term of an entry that was appended to some log. */
  typeOf(index: number, term: number): EntryType | undefined {
    return this.#known.get(index * TERMS_MAX + term)?.type;
  }

  /** Checks that an applied entry was appended. @returns the violation */
  compare({ index, term, type, data }: Entry): string | undefined {
    const known = this.#known.get(index * TERMS_MAX + term);
    if (known === undefined) return `applies ${term}/${index}, which was appended to no log`;
    const same = known.checksum === crc32(data) && known.type === type;
    return same ? undefined : `applies ${term}/${index} with other bytes than were appended`;
  }
}
