import { GrowingBytes } from '../growing-bytes.js';
import { Extents } from './extents.js';
import { JsonScanner } from './json-scanner.js';
import { isSpace, type JsonValue } from './json-text.js';

/** Reads one JSON value from bytes that arrive in pieces, and checks its syntax and its number of elements as they come. */
export class JsonReader {
  readonly #bytes = new GrowingBytes();
  readonly #extents = new Extents();
  readonly #scanner: JsonScanner;
  #complete = false;

  /** @param elementsMax values within the value, however deep, that it may have */
  constructor(elementsMax: number) {
    this.#scanner = new JsonScanner({ elementsMax, extents: this.#extents });
  }

  /** Whether the whole value has been read. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Bytes of the value so far. */
  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Reads on. Space before the value is skipped.
   * @returns how many of the bytes belong to the value and the space before it
   * @throws JsonError, or JsonElementsError
   */
  take(piece: Buffer): number {
    let from = 0;
    if (!this.#scanner.started) while (isSpace(piece[from])) from += 1;
    const end = this.#scanner.scan(piece, from);
    this.#complete = end !== undefined;
    const taken = end ?? piece.length;
    if (taken > from) this.#bytes.append(piece.subarray(from, taken));
    return taken;
  }

  /**
   * The input has ended. Only a number at the top level ends with it.
   * @returns false if there was no value at all
   * @throws JsonError in the middle of a value
   */
  end(): boolean {
    if (!this.#complete) this.#complete = this.#scanner.end();
    return this.#complete;
  }

  /** The complete value. */
  value(): JsonValue {
    return { bytes: this.#bytes.take(), extents: this.#extents };
  }
}
