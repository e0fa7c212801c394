import { asBuffer } from '../../util/bytes.js';

/**
 * The layout of the store's rows in the engine. Every key begins with a store id, which leaves room for several Raft
 * groups in one engine, and a table id.
 *
 * | table   | key                                  | value                                                       |
 * |---------|--------------------------------------|-------------------------------------------------------------|
 * | meta    | a name                               | applied index, revisions                                    |
 * | current | user key                             | the newest version of a live key: encoded mvccpb.KeyValue   |
 * | history | escaped user key, ~mod revision      | superseded versions of a key: see history-row.ts            |
 * | changes | revision, sub-revision               | adjacent changes: see change-row.ts                         |
 * | members | member id                            | encoded raftkv.MemberRecord                                 |
 * | leases  | lease id                             | encoded raftkv.LeaseRecord                                  |
 * | removed | member id                            | its existence: the id never comes back                      |
 * | leased  | lease id, user key                   | its existence: the key's newest version has that lease      |
 * | alarms  | kind, member id                      | its existence: the alarm is raised                          |
 * | auth    | kind, name                           | encoded raftkv.AuthRecord, authpb.User or authpb.Role       |
 * | indexes | kind, index id                       | definitions and counts of indexes: see index-rows.ts        |
 * | entries | index id, value, escaped user key    | the revision from which on an index has the entry           |
 * | ended   | as of entries, revision of its end   | the same of an entry that an index has no longer            |
 * | ends    | revision, as of entries              | its existence: the entry ended at that revision             |
 * | sessions | session id                           | encoded raftkv.SessionRecord                                |
 * | sessionResults | session id, sequence number    | encoded raftkv.SessionResult                                |
 * | feeds   | name                                 | encoded raftkv.FeedRecord                                   |
 * | feedPartitions | name, zero, partition         | encoded raftkv.FeedPartitionRecord                          |
 *
 * The newest version costs one point read, however long the history. A version at a revision is in the first row at or
 * after its seek key. A compaction finds the rows to remove by revision and reads no others. There are no tombstones: a
 * history row states the revision at which each of its versions ended. What a batch writes to one key, and its changes,
 * share rows, so members that divide the log into other batches have other rows of the same content.
 */
export const Table = {
  meta: 0,
  current: 1,
  history: 2,
  changes: 3,
  members: 4,
  leases: 5,
  removed: 6,
  leased: 7,
  alarms: 8,
  auth: 9,
  indexes: 10,
  entries: 11,
  endedEntries: 12,
  entryEnds: 13,
  sessions: 14,
  sessionResults: 15,
  feeds: 16,
  feedPartitions: 17,
} as const;
export type Table = (typeof Table)[keyof typeof Table];

/** The table of a row, by its engine key. */
export function tableOf(key: Uint8Array): number | undefined {
  return key[1];
}

const STORE_ID = 0;
/** Bytes of store and table in front of each key. */
export const PREFIX_BYTES = 2;
const WORD = 4294967296;

/** Where the bytes of a row come from. */
export type Allocate = (bytes: number) => Buffer;

const allocateNew: Allocate = (bytes) => Buffer.allocUnsafe(bytes);

/** A key of a table, with room for the rest of it. */
export function prefixed(table: Table, bytes: number, allocate = allocateNew): Buffer {
  const key = allocate(PREFIX_BYTES + bytes);
  key[0] = STORE_ID;
  key[1] = table;
  return key;
}

/** Bounds of adjacent rows: the first row, and the first one behind them. */
export interface RowRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

/** The bounds of a whole table. */
export function tableRange(table: Table): RowRange {
  return { gte: Buffer.from([STORE_ID, table]), lt: Buffer.from([STORE_ID, table + 1]) };
}

/** User keys from `start` on, below `end`; all keys from `start` on without an end. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array | undefined;
}

export function metaKey(name: string): Uint8Array {
  const bytes = prefixed(Table.meta, name.length);
  bytes.write(name, PREFIX_BYTES, 'latin1');
  return bytes;
}

export function currentKey(userKey: Uint8Array, allocate?: Allocate): Buffer {
  const key = prefixed(Table.current, userKey.length, allocate);
  key.set(userKey, PREFIX_BYTES);
  return key;
}

/** The user key of a row of the current table, as a view. */
export function currentUserKey(key: Uint8Array): Uint8Array {
  return key.subarray(PREFIX_BYTES);
}

export function currentRange({ start, end }: KeyRange): RowRange {
  return { gte: currentKey(start), lt: end === undefined ? tableRange(Table.current).lt : currentKey(end) };
}

/** Bytes that escaped bytes have without their end. */
export function escapedLength(bytes: Uint8Array): number {
  let length = bytes.length;
  // A loop takes less time than `indexOf` for keys of up to a hundred bytes.
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0) length++;
  return length;
}

/**
 * Escapes bytes that are part of a longer key: a zero byte becomes 00 FF, and 00 00 ends them. Escaped bytes have the order of
 * the plain ones, and none are a prefix of others. This writes them without the end.
 * @param length their `escapedLength`
 */
export function writeEscaped(target: Buffer, offset: number, bytes: Uint8Array, length: number): void {
  if (length === bytes.length) {
    target.set(bytes, offset);
    return;
  }
  let to = offset;
  for (const byte of bytes) {
    target[to++] = byte;
    if (byte === 0) target[to++] = 0xff;
  }
}

function historyPrefix(userKey: Uint8Array, room: number, allocate?: Allocate): Buffer {
  const length = escapedLength(userKey);
  const key = prefixed(Table.history, length + 2 + room, allocate);
  writeEscaped(key, PREFIX_BYTES, userKey, length);
  key[PREFIX_BYTES + length] = 0;
  key[PREFIX_BYTES + length + 1] = 0;
  return key;
}

/**
 * Rows of one key are ordered newest first.
 * @param modRevision that of the oldest version in the row, a safe integer of at least 0
 */
export function historyKey(userKey: Uint8Array, modRevision: number, allocate?: Allocate): Uint8Array {
  const key = historyPrefix(userKey, 8, allocate);
  writeWords(key, key.length - 8, ~Math.floor(modRevision / WORD), ~modRevision);
  return key;
}

export function historyRange({ start, end }: KeyRange): RowRange {
  return {
    gte: historyPrefix(start, 0),
    lt: end === undefined ? tableRange(Table.history).lt : historyPrefix(end, 0),
  };
}

/** The position behind the last version of a key: where to seek the next key, in either direction. */
export function historyEnd(userKey: Uint8Array): Uint8Array {
  const key = historyPrefix(userKey, 0);
  key[key.length - 1] = 1;
  return key;
}

/** The position before the newest version of a key. */
export function historyStart(userKey: Uint8Array): Uint8Array {
  return historyPrefix(userKey, 0);
}

/** @param revision that of the last change in the row @param sub its position within the revision, below 2^32 */
export function changeKey(revision: number, sub: number, allocate?: Allocate): Uint8Array {
  const key = prefixed(Table.changes, 12, allocate);
  writeRevision(key, PREFIX_BYTES, revision);
  key.writeUInt32BE(sub, PREFIX_BYTES + 8);
  return key;
}

/** The rows with changes of a revision or later ones. */
export function changesFrom(revision: number): RowRange {
  return { gte: changeKey(revision, 0), lt: tableRange(Table.changes).lt };
}

/** The rows of which all changes are of a revision or earlier ones. */
export function changesUpTo(revision: number): RowRange {
  return { gte: tableRange(Table.changes).gte, lt: changeKey(revision + 1, 0) };
}

export function memberKey(id: number): Uint8Array {
  const key = prefixed(Table.members, 8);
  writeRevision(key, PREFIX_BYTES, id);
  return key;
}

export function removedKey(id: number): Uint8Array {
  const key = prefixed(Table.removed, 8);
  writeRevision(key, PREFIX_BYTES, id);
  return key;
}

/** The removed member that a row records. */
export function removedIdOf(key: Uint8Array): number {
  return readRevision(asBuffer(key), PREFIX_BYTES);
}

export function alarmKey(kind: number, memberId: number): Uint8Array {
  const key = prefixed(Table.alarms, 12);
  key.writeInt32BE(kind, PREFIX_BYTES);
  writeRevision(key, PREFIX_BYTES + 4, memberId);
  return key;
}

export function decodeAlarmKey(key: Uint8Array): { readonly kind: number; readonly memberId: number } {
  const bytes = asBuffer(key);
  return { kind: bytes.readInt32BE(PREFIX_BYTES), memberId: readRevision(bytes, PREFIX_BYTES + 4) };
}

/** Kinds of rows in the auth table. */
export const AuthRow = { state: 0, user: 1, role: 2 } as const;
export type AuthRow = (typeof AuthRow)[keyof typeof AuthRow];

/** Rows of one kind have the order of the bytes of their names. */
export function authKey(kind: AuthRow, name = ''): Uint8Array {
  const key = prefixed(Table.auth, 1 + Buffer.byteLength(name));
  key[PREFIX_BYTES] = kind;
  key.write(name, PREFIX_BYTES + 1, 'utf8');
  return key;
}

export function authKindOf(key: Uint8Array): number | undefined {
  return key[PREFIX_BYTES];
}

/** @param name in ASCII, without zero bytes */
export function feedKey(name: string): Uint8Array {
  return namedKey(Table.feeds, name, 0);
}

/** Rows of one feed are adjacent, in the order of the partitions. */
export function feedPartitionKey(name: string, partition: number): Uint8Array {
  const key = namedKey(Table.feedPartitions, name, PARTITION_BYTES);
  key.writeUInt16BE(partition, key.length - 2);
  return key;
}

/** The feed of a row of either table. */
export function feedNameOf(key: Uint8Array): string {
  const end = tableOf(key) === Table.feeds ? key.length : key.length - PARTITION_BYTES;
  return asBuffer(key).toString('latin1', PREFIX_BYTES, end);
}

/** A zero byte, and the number of the partition. */
const PARTITION_BYTES = 3;

function namedKey(table: Table, name: string, room: number): Buffer {
  const key = prefixed(table, name.length + room).fill(0, PREFIX_BYTES + name.length);
  key.write(name, PREFIX_BYTES, 'latin1');
  return key;
}

export function leaseKey(id: bigint): Uint8Array {
  return leasePrefix(Table.leases, id, 0);
}

/** The lease id of a row of the leases table. */
export function leaseIdOf(key: Uint8Array): bigint {
  return asBuffer(key).readBigInt64BE(PREFIX_BYTES);
}

const LEASE_ID_BYTES = 8;

function leasePrefix(table: Table, id: bigint, room: number): Buffer {
  const key = prefixed(table, LEASE_ID_BYTES + room);
  key.writeBigUInt64BE(BigInt.asUintN(64, id), PREFIX_BYTES);
  return key;
}

/** Rows of one lease have the order of their user keys, which end the engine keys. */
export function leasedKey(id: bigint, userKey: Uint8Array): Uint8Array {
  const key = leasePrefix(Table.leased, id, userKey.length);
  key.set(userKey, PREFIX_BYTES + LEASE_ID_BYTES);
  return key;
}

export function leasedRange(id: bigint): RowRange {
  const next = BigInt.asUintN(64, id + 1n);
  const lt = next === 0n ? tableRange(Table.leased).lt : leasePrefix(Table.leased, next, 0);
  return { gte: leasePrefix(Table.leased, id, 0), lt };
}

/** The user key of a row of the leased table, as a view. */
export function leasedUserKey(key: Uint8Array): Uint8Array {
  return key.subarray(PREFIX_BYTES + LEASE_ID_BYTES);
}

export function sessionKey(id: number): Uint8Array {
  const key = prefixed(Table.sessions, 8);
  writeRevision(key, PREFIX_BYTES, id);
  return key;
}

export function sessionResultKey(session: number, sequence: number): Uint8Array {
  const key = prefixed(Table.sessionResults, 16);
  writeRevision(key, PREFIX_BYTES, session);
  writeRevision(key, PREFIX_BYTES + 8, sequence);
  return key;
}

/** The session of a row of either table. */
export function sessionOfKey(key: Uint8Array): number {
  return readRevision(asBuffer(key), PREFIX_BYTES);
}

export function sequenceOfKey(key: Uint8Array): number {
  return readRevision(asBuffer(key), PREFIX_BYTES + 8);
}

export function writeRevision(target: Buffer, offset: number, revision: number): void {
  writeWords(target, offset, Math.floor(revision / WORD), revision);
}

/** Writes the low 32 bits of two integers, big-endian. */
function writeWords(target: Uint8Array, offset: number, high: number, low: number): void {
  target[offset] = high >>> 24;
  target[offset + 1] = high >>> 16;
  target[offset + 2] = high >>> 8;
  target[offset + 3] = high;
  target[offset + 4] = low >>> 24;
  target[offset + 5] = low >>> 16;
  target[offset + 6] = low >>> 8;
  target[offset + 7] = low;
}

export function readRevision(source: Buffer, offset: number): number {
  return source.readUInt32BE(offset) * WORD + source.readUInt32BE(offset + 4);
}
