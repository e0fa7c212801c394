/** A file that can give its descriptor back and open itself again when it is used. */
export interface RestingFile {
  /** Closes the descriptor, unless it is in use or has unsynced writes. @returns whether it is closed */
  rest(): boolean;
}

/** The descriptors of one folder's files, least recently used first: sealed segments of a long log rest. */
export class OpenFiles {
  readonly #max: number;
  readonly #files = new Set<RestingFile>();
  /** The last of them. */
  #newest: RestingFile | undefined;

  /** @param max descriptors that stay open; more only while they are all in use */
  constructor(max: number) {
    this.#max = max;
  }

  /** A file is used: it is the last to be closed. */
  use(file: RestingFile): void {
    if (file === this.#newest && this.#files.size <= this.#max) return;
    this.#newest = file;
    this.#files.delete(file);
    this.#files.add(file);
    if (this.#files.size <= this.#max) return;
    for (const other of this.#files) {
      if (other === file) continue;
      if (other.rest()) this.#files.delete(other);
      if (this.#files.size <= this.#max) return;
    }
  }

  remove(file: RestingFile): void {
    if (file === this.#newest) this.#newest = undefined;
    this.#files.delete(file);
  }
}
