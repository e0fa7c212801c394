import type { EngineReader } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import type { Draft } from '../commands/draft.js';
import { sessionKey, sessionResultKey, Table, tableRange } from '../format/layout.js';
import { pagesOf } from '../state/row-pages.js';
import {
  decodeResult,
  decodeResultKey,
  decodeSession,
  resultRow,
  sessionRow,
  type SessionFields,
  type SessionResult,
} from './session-rows.js';

/** Bounds on sessions. All members must decide alike, so none is a setting. */
export interface SessionBounds {
  /** Sessions; a further one ends another. */
  readonly sessions: number;
  /** A session takes sequence numbers from the lowest unacknowledged one on, so many of them. */
  readonly window: number;
  /** Applied sequence numbers of all sessions that are not acknowledged; a further one ends the session with most of them. */
  readonly openSequences: number;
  /** Bytes of results that a session keeps. */
  readonly sessionBytes: number;
  /** Bytes of results that all sessions keep. */
  readonly totalBytes: number;
  /** Larger results are not kept, in bytes. */
  readonly resultBytes: number;
}

export const SESSION_BOUNDS: SessionBounds = {
  sessions: 10_000,
  window: 1_024,
  openSequences: 262_144,
  sessionBytes: 1_048_576,
  totalBytes: 67_108_864,
  resultBytes: 65_536,
};

/** What a kept result counts for beside its bytes. */
const RESULT_OVERHEAD_BYTES = 128;

/** A sequence number that was applied and is not acknowledged. */
export interface Applied {
  readonly session: number;
  readonly sequence: number;
  readonly index: number;
  /** Bytes that its result counts for; 0 once it is dropped. */
  bytes: number;
}

/** A client session. Only its table changes it. */
export interface Session extends SessionFields {
  readonly applied: ReadonlyMap<number, Applied>;
  readonly resultBytes: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type OwnSession = Mutable<SessionFields> & { readonly applied: Map<number, Applied>; resultBytes: number };

/** Where the rows of a change go. */
type Rows = Pick<Draft, 'record' | 'writeRecord' | 'spent'>;

/** Units of work of a look at a user or a session: see `StateReader.spend`. */
const LOOK_UNITS = 1 / 16;

/**
 * All sessions and the sizes of their results, in memory; the results are in rows. Commands change it as they are applied, one
 * after the other, and each change writes its rows to the draft of the batch.
 */
export class SessionTable {
  /** By id, the least recently used first. */
  readonly #sessions = new Map<number, OwnSession>();
  /** The same by user, in the same order. A user without sessions is not in it. */
  readonly #byUser = new Map<string, Map<number, OwnSession>>();
  /** Results that are kept, by the index of their entries, in that order. */
  readonly #kept = new Map<number, Applied>();
  readonly #bounds: SessionBounds;
  #openSequences = 0;
  #keptBytes = 0;
  /** Writes that were answered with the result of an earlier one, since the store was opened. */
  repeats = 0;

  constructor(bounds: SessionBounds = SESSION_BOUNDS) {
    this.#bounds = bounds;
  }

  static async read(reader: EngineReader, bounds?: SessionBounds): Promise<SessionTable> {
    const table = new SessionTable(bounds);
    const found: OwnSession[] = [];
    for await (const rows of pagesOf(reader, tableRange(Table.sessions))) {
      for (const row of rows) found.push({ ...decodeSession(row), applied: new Map(), resultBytes: 0 });
    }
    for (const session of found.sort((left, right) => left.lastIndex - right.lastIndex)) {
      table.#insert(session);
    }
    const applied: Applied[] = [];
    for await (const rows of pagesOf(reader, tableRange(Table.sessionResults))) {
      for (const { key, value } of rows) {
        const { index, outcome } = decodeResult(value);
        const bytes = outcome.kind === 'dropped' ? 0 : value.length + RESULT_OVERHEAD_BYTES;
        applied.push({ ...decodeResultKey(key), index, bytes });
      }
    }
    for (const one of applied.sort((left, right) => left.index - right.index)) {
      table.#add(defined(table.#sessions.get(one.session), 'the session of a result'), one);
    }
    return table;
  }

  get bounds(): SessionBounds {
    return this.#bounds;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Applied sequence numbers that are not acknowledged. */
  get openSequences(): number {
    return this.#openSequences;
  }

  /** Bytes of the results that are kept. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  get(id: number): Session | undefined {
    return this.#sessions.get(id);
  }

  /** The least recently used first. */
  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** Those of a user, the least recently used first. */
  ofUser(user: string): Iterable<Session> {
    return this.#byUser.get(user)?.values() ?? [];
  }

  /** @returns false if the id is in use */
  open(rows: Rows, fields: Pick<SessionFields, 'id' | 'user' | 'ttlSeconds'>, index: number): boolean {
    if (this.#sessions.has(fields.id)) return false;
    while (this.#sessions.size >= this.#bounds.sessions) this.end(rows, this.#idlest(rows));
    const session: OwnSession = {
      ...fields,
      openedIndex: index,
      lastIndex: index,
      acknowledged: 1,
      applied: new Map(),
      resultBytes: 0,
    };
    this.#insert(session);
    rows.writeRecord({ type: 'put', ...sessionRow(session) }, null);
    return true;
  }

  /** Counts a use of a session, and drops what it acknowledges. */
  use(
    rows: Rows,
    id: number,
    { index, acknowledged }: { readonly index: number; readonly acknowledged: number },
  ): void {
    const session = this.#of(id);
    const before = sessionRow(session).value;
    session.lastIndex = index;
    this.#take(session);
    this.#insert(session);
    if (acknowledged > session.acknowledged) this.#acknowledge(rows, session, acknowledged);
    rows.writeRecord({ type: 'put', ...sessionRow(session) }, before);
  }

  /** Keeps the result of a write, which the session has not applied before. */
  keep(rows: Rows, { session: id, sequence }: Pick<Applied, 'session' | 'sequence'>, result: SessionResult): void {
    const session = this.#of(id);
    const { key, value } = resultRow({ session: id, sequence }, result);
    const bytes = result.outcome.kind === 'dropped' ? 0 : value.length + RESULT_OVERHEAD_BYTES;
    assert(!session.applied.has(sequence) && sequence >= session.acknowledged, 'a sequence number is applied twice');
    this.#add(session, { session: id, sequence, index: result.index, bytes });
    rows.writeRecord({ type: 'put', key, value }, null);
    this.#shrink(rows, session);
  }

  /** The result of a write that was applied before. */
  result(rows: Rows, { session, sequence }: Applied): SessionResult {
    this.repeats += 1;
    return decodeResult(defined(rows.record(sessionResultKey(session, sequence)), 'the row of a result'));
  }

  /** Ends a session, and drops its results. */
  end(rows: Rows, id: number): void {
    const session = this.#of(id);
    for (const one of session.applied.values()) this.#remove(rows, session, one);
    this.#take(session);
    rows.writeRecord({ type: 'delete', key: sessionKey(id) }, sessionRow(session).value);
  }

  /** Adds a session as the most recently used one. */
  #insert(session: OwnSession): void {
    const { id, user } = session;
    this.#sessions.set(id, session);
    const own = this.#byUser.get(user);
    if (own === undefined) this.#byUser.set(user, new Map([[id, session]]));
    else own.set(id, session);
  }

  #take({ id, user }: OwnSession): void {
    this.#sessions.delete(id);
    const own = defined(this.#byUser.get(user), 'the sessions of a user');
    own.delete(id);
    if (own.size === 0) this.#byUser.delete(user);
  }

  #of(id: number): OwnSession {
    return defined(this.#sessions.get(id), 'a session');
  }

  #acknowledge(rows: Rows, session: OwnSession, acknowledged: number): void {
    session.acknowledged = acknowledged;
    for (const one of session.applied.values()) if (one.sequence < acknowledged) this.#remove(rows, session, one);
  }

  #add(session: OwnSession, one: Applied): void {
    session.applied.set(one.sequence, one);
    this.#openSequences += 1;
    if (one.bytes === 0) return;
    this.#kept.set(one.index, one);
    session.resultBytes += one.bytes;
    this.#keptBytes += one.bytes;
  }

  #remove(rows: Rows, session: OwnSession, one: Applied): void {
    session.applied.delete(one.sequence);
    this.#openSequences -= 1;
    this.#forget(session, one);
    rows.writeRecord({ type: 'delete', key: sessionResultKey(session.id, one.sequence) });
  }

  /** Its result is not kept any more. */
  #forget(session: OwnSession, one: Applied): void {
    this.#kept.delete(one.index);
    session.resultBytes -= one.bytes;
    this.#keptBytes -= one.bytes;
    one.bytes = 0;
  }

  /** Drops results, the oldest first, until the bounds hold. That their writes were applied is remembered. */
  #shrink(rows: Rows, session: OwnSession): void {
    const { sessionBytes, totalBytes, openSequences } = this.#bounds;
    if (session.resultBytes > sessionBytes) {
      for (const one of session.applied.values()) {
        if (one.bytes > 0) this.#drop(rows, session, one);
        if (session.resultBytes <= sessionBytes) break;
      }
    }
    for (const one of this.#kept.values()) {
      if (this.#keptBytes <= totalBytes) break;
      this.#drop(rows, this.#of(one.session), one);
    }
    while (this.#openSequences > openSequences) this.end(rows, this.#largest(rows));
  }

  #drop(rows: Rows, session: OwnSession, one: Applied): void {
    this.#forget(session, one);
    const { revision } = decodeResult(defined(rows.record(sessionResultKey(session.id, one.sequence)), 'a result'));
    const row = resultRow(one, { index: one.index, revision, outcome: { kind: 'dropped' } });
    rows.writeRecord({ type: 'put', ...row });
  }

  /**
   * The least recently used session of the user with most sessions: no user can push out those of others. Of several such users,
   * the one whose session was not used for longest.
   */
  #idlest(rows: Rows): number {
    rows.spent(this.#byUser.size * LOOK_UNITS);
    let most = 0;
    let idlest: OwnSession | undefined;
    for (const own of this.#byUser.values()) {
      if (own.size < most) continue;
      const [first] = own.values();
      if (own.size > most || isOlder(first, idlest)) idlest = first;
      most = own.size;
    }
    return defined(idlest, 'a session').id;
  }

  /** The session with most open sequence numbers; of equal ones, the least recently used. */
  #largest(rows: Rows): number {
    rows.spent(this.#sessions.size * LOOK_UNITS);
    let largest: OwnSession | undefined;
    for (const session of this.#sessions.values()) {
      if (session.applied.size > (largest?.applied.size ?? 0)) largest = session;
    }
    return defined(largest, 'a session').id;
  }
}

function isOlder(left: OwnSession | undefined, right: OwnSession | undefined): boolean {
  return (left?.lastIndex ?? Infinity) < (right?.lastIndex ?? Infinity);
}
