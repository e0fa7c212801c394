import { StringDecoder } from 'node:string_decoder';

/**
 * Makes lines of the chunks of a pipe, which break anywhere, inside a character too. A line is handed over once it is
 * whole, so that the lines of several processes never mix.
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

  /** The writer has gone: what it left without a newline is its last line. */
  end(): void {
    const rest = this.#partial + this.#decoder.end();
    this.#partial = '';
    if (rest !== '') this.#onLine(rest);
  }
}
