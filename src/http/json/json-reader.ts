import { GrowingBytes } from '../growing-bytes.js';
import { Extents } from './extents.js';
import { JsonScanner } from './json-scanner.js';
import { isSpace, type JsonValue } from './json-text.js';

/** Reads one JSON value from bytes that arrive in pieces, and checks its syntax and its number of elements as it reads. */
export class JsonReader {
  readonly #bytes = new GrowingBytes();
  readonly #extents = new Extents();
  readonly #scanner: JsonScanner;
  #complete = false;

  /** @param elementsMax bound on the number of values inside the value, at any depth */
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
   * Reads the next piece. Skips space before the value.
   * @returns the number of bytes that belong to the value and the space before it
   * @throws JsonError for wrong syntax, JsonElementsError for too many elements
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
   * Ends the input. A number at the top level is complete only then.
   * @returns false if there was no value
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
