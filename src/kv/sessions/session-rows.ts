import { raftkv } from '../../gen/proto.js';
import type { EngineRow } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import { clampInteger } from '../../util/integer.js';
import type { KvError } from '../errors.js';
import { sessionKey, sessionOfKey, sessionResultKey, sequenceOfKey } from '../format/layout.js';

/** A session as its row holds it. */
export interface SessionFields {
  readonly id: number;
  /** The user who opened it; empty without authentication. */
  readonly user: string;
  readonly ttlSeconds: number;
  readonly openedIndex: number;
  /** Index of the last entry that used it. */
  readonly lastIndex: number;
  /** The lowest sequence number that is not acknowledged. */
  readonly acknowledged: number;
}

export function sessionRow({ id, ...fields }: SessionFields): EngineRow {
  return { key: sessionKey(id), value: raftkv.SessionRecord.encode(fields).finish() };
}

export function decodeSession({ key, value }: EngineRow): SessionFields {
  const { user, ttlSeconds, openedIndex, lastIndex, acknowledged } = raftkv.SessionRecord.decode(value);
  return {
    id: sessionOfKey(key),
    user,
    ttlSeconds: clampInteger(ttlSeconds),
    openedIndex: clampInteger(openedIndex),
    lastIndex: clampInteger(lastIndex),
    acknowledged: clampInteger(acknowledged),
  };
}

/** What a write in a session was answered. */
export type Outcome =
  | { readonly kind: 'body'; readonly body: Uint8Array }
  | { readonly kind: 'error'; readonly error: KvError }
  /** It is not kept any more, or never was. */
  | { readonly kind: 'dropped' };

export interface SessionResult {
  /** Of the entry of the write. */
  readonly index: number;
  /** Of the answer's header. */
  readonly revision: number;
  readonly outcome: Outcome;
}

export function resultRow(
  { session, sequence }: { readonly session: number; readonly sequence: number },
  { index, revision, outcome }: SessionResult,
): EngineRow {
  const value = raftkv.SessionResult.encode({
    index,
    revision,
    ...(outcome.kind === 'body' && { body: outcome.body }),
    ...(outcome.kind === 'error' && { error: JSON.stringify(outcome.error) }),
  }).finish();
  return { key: sessionResultKey(session, sequence), value };
}

export function decodeResult(value: Uint8Array): SessionResult {
  const { index, revision, outcome, body, error } = raftkv.SessionResult.decode(value);
  return { index: clampInteger(index), revision: clampInteger(revision), outcome: toOutcome(outcome, { body, error }) };
}

function toOutcome(
  kind: string | null | undefined,
  { body, error }: { readonly body: Uint8Array | null | undefined; readonly error: string | null | undefined },
): Outcome {
  if (kind === 'body') {
    assert(body instanceof Uint8Array, 'a result with a body');
    return { kind, body };
  }
  if (kind !== 'error') return { kind: 'dropped' };
  return { kind, error: JSON.parse(error ?? '') as KvError };
}

/** Whose result a row holds. */
export function decodeResultKey(key: Uint8Array): { readonly session: number; readonly sequence: number } {
  return { session: sessionOfKey(key), sequence: sequenceOfKey(key) };
}
