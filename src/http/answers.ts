import type { ServerResponse } from 'node:http';
import { quotedText } from './json/to-json.js';

export const TEXT = 'text/plain; charset=utf-8';
export const JSON_TYPE = 'application/json';

/** Time that a client may leave an answer unread before its connection is closed, in ms: the answer is in memory. */
const UNREAD_MS = 60_000;

/** Ends a request with a whole answer. */
export function answer(response: ServerResponse, code: number, body: Buffer): void {
  if (response.destroyed || response.headersSent) return;
  response.statusCode = code;
  response.setHeader('content-length', body.length);
  limitUnread(response);
  response.end(body);
}

/** Closes the connection of a client that does not read its answer. */
export function limitUnread(response: ServerResponse): void {
  response.setTimeout(UNREAD_MS, () => response.destroy());
  // The limit ends with the answer, before the connection has its next request.
  response.prependOnceListener('finish', () => response.socket?.setTimeout(0));
}

export function answerText(response: ServerResponse, code: number, text: string, type: string): void {
  response.setHeader('content-type', type);
  if (code >= 400) response.setHeader('x-content-type-options', 'nosniff');
  answer(response, code, Buffer.from(text));
}

/** An error in the form of the gateway. */
export function answerError(
  response: ServerResponse,
  http: number,
  { code, message }: { readonly code: number; readonly message: string },
): void {
  const text = quotedText(message);
  response.setHeader('content-type', JSON_TYPE);
  answer(response, http, Buffer.from(`{"error":${text},"message":${text},"code":${code}}`));
}

/** Joins short texts to pieces of some 64 KiB. */
export class TextPieces {
  readonly #take: (piece: Buffer) => void;
  #text = '';

  constructor(take: (piece: Buffer) => void) {
    this.#take = take;
  }

  readonly print = (text: string): void => {
    this.#text += text;
    if (this.#text.length > PIECE_CHARS) this.flush();
  };

  flush(): void {
    if (this.#text === '') return;
    this.#take(Buffer.from(this.#text));
    this.#text = '';
  }
}

const PIECE_CHARS = 64 * 1024;
