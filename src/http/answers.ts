import type { ServerResponse } from 'node:http';
import { quotedText } from './json/to-json.js';

export const TEXT = 'text/plain; charset=utf-8';
export const JSON_TYPE = 'application/json';

/** How long a client may leave an answer unread, in ms, before its connection is closed: the answer is in memory. */
const UNREAD_MS = 60_000;

/** Ends a request with an answer that is there as a whole. */
export function answer(response: ServerResponse, code: number, body: Buffer): void {
  if (response.destroyed || response.headersSent) return;
  response.statusCode = code;
  response.setHeader('content-length', body.length);
  response.setTimeout(UNREAD_MS, () => response.destroy());
  // The time goes with the answer, before the connection is given to the next one.
  response.prependOnceListener('finish', () => response.socket?.setTimeout(0));
  response.end(body);
}

export function answerText(response: ServerResponse, code: number, text: string, type: string): void {
  response.setHeader('content-type', type);
  if (code >= 400) response.setHeader('x-content-type-options', 'nosniff');
  answer(response, code, Buffer.from(text));
}

/** An error in the shape that gateway clients know. */
export function answerError(
  response: ServerResponse,
  http: number,
  { code, message }: { readonly code: number; readonly message: string },
): void {
  const text = quotedText(message);
  response.setHeader('content-type', JSON_TYPE);
  answer(response, http, Buffer.from(`{"error":${text},"message":${text},"code":${code}}`));
}

/** Puts texts together to the bytes of an answer, piece by piece: as one string it could grow longer than strings can. */
export class AnswerBytes {
  readonly #pieces: Buffer[] = [];
  #text = '';

  readonly print = (text: string): void => {
    this.#text += text;
    if (this.#text.length > PIECE_CHARS) this.#flush();
  };

  finish(): Buffer {
    this.#flush();
    const [only] = this.#pieces;
    return this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
  }

  #flush(): void {
    this.#pieces.push(Buffer.from(this.#text));
    this.#text = '';
  }
}

const PIECE_CHARS = 256 * 1024;
