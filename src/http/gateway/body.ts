import type { OnLimit } from '../../util/limit-hits.js';
import { JsonReader } from '../json/json-reader.js';
import type { JsonValue } from '../json/json-text.js';
import type { BodyBudget } from './body-budget.js';
import type { Exchange } from './http-call.js';

/** Time that a body may take to arrive, in ms. */
const BODY_MS = 60_000;

/** `value` is undefined for a body without a value. */
export type Body =
  | { readonly kind: 'value'; readonly value: JsonValue | undefined }
  | { readonly kind: 'bad'; readonly error: unknown }
  | { readonly kind: 'no-room' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-slow' };

export interface BodyLimits {
  /** Of the body, in bytes. */
  readonly bytesMax: number;
  /** JSON values within the value of the body. */
  readonly elementsMax: number;
  /** Shared by all bodies of the member. */
  readonly budget: BodyBudget;
  /** Called when a body exceeds a bound. */
  readonly onLimit: OnLimit;
}

/**
 * Reads a body with one JSON value, and checks it as it arrives: time, size, syntax and number of elements. What follows
 * the value is dropped. Bodies together take the time of one slice in each turn of the event loop. Calls back once, or
 * never if the client leaves.
 */
export function readBody(
  { request, response, turns }: Pick<Exchange, 'request' | 'response' | 'turns'>,
  { bytesMax, elementsMax, budget }: BodyLimits,
  done: (body: Body) => void,
): void {
  const share = budget.share(response);
  const reader = new JsonReader(elementsMax);
  let length = 0;
  const end = (body: Body): void => {
    clearTimeout(timer);
    request.off('data', take).off('end', finish);
    done(body);
  };
  const checked = (read: () => void): boolean => {
    try {
      read();
      return true;
    } catch (error) {
      end({ kind: 'bad', error });
      return false;
    }
  };
  const take = (piece: Buffer): void => {
    length += piece.length;
    if (length > bytesMax) return end({ kind: 'too-large' });
    if (!share.grow(piece.length)) return end({ kind: 'no-room' });
    if (!reader.complete && checked(() => reader.take(piece)) && turns.isOver) {
      request.pause();
      turns.later(() => request.resume());
    }
  };
  const finish = (): void => {
    if (checked(() => reader.end())) end({ kind: 'value', value: reader.complete ? reader.value() : undefined });
  };
  const timer = setTimeout(() => end({ kind: 'too-slow' }), BODY_MS);
  request.once('close', () => clearTimeout(timer));
  // A body that is announced as too large need not be sent.
  if (Number(request.headers['content-length']) > bytesMax) return end({ kind: 'too-large' });
  request.on('data', take).on('end', finish);
}
