import { StringDecoder } from 'node:string_decoder';

/**
 * Splits the output of a pipe, whose chunks may end inside a line or a character, into lines. Only complete lines are
 * passed on, so that the lines of several processes never mix.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #partial = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const parts = (this.#partial + this.#decoder.write(chunk)).split('\n');
    this.#partial = parts.pop() ?? '';
    for (const line of parts) this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  /** Passes on the last line, if it has no newline. */
  end(): void {
    const rest = this.#partial + this.#decoder.end();
    this.#partial = '';
    if (rest !== '') this.#onLine(rest);
  }
}
