import type protobuf from 'protobufjs';
import { defined } from '../../../src/util/assert.js';
import { methodTypes, type Plain } from './schema.js';

/** One invalid or unusual request. */
export interface BadInput {
  /** As in `KV/Put`, or `v3lockpb.Lock/Lock`. */
  readonly method: string;
  /** A description of the defect. */
  readonly title: string;
  readonly body: Uint8Array;
}

/** The lease of locks and elections, which must exist. */
export const LEASE = '78';
const LEADER = { name: 'Y2hhaXI=', key: 'Y2hhaXIvNGU=', rev: '5', lease: LEASE };

/** Calls that undo a method's effect, by its answer; otherwise the next call would wait forever. */
export const TAKEN_BACK: Readonly<Record<string, string>> = {
  'v3lockpb.Lock/Lock': 'v3lockpb.Lock/Unlock',
  'v3electionpb.Election/Campaign': 'v3electionpb.Election/Resign',
};

/** Every compared method, with a request that passes its first checks. The methods of Auth are not served yet. */
const METHODS: Readonly<Record<string, Plain>> = {
  'KV/Range': { key: 'YQ==' },
  'KV/Put': { key: 'YQ==', value: 'eA==' },
  'KV/DeleteRange': { key: 'YQ==' },
  'KV/Txn': {
    compare: [{ key: 'YQ==' }],
    success: [{ requestPut: { key: 'YQ==' } }],
    failure: [{ requestRange: { key: 'YQ==' } }],
  },
  'KV/Compact': { revision: '1' },
  'Lease/LeaseGrant': { ID: '77', TTL: '1000' },
  'Lease/LeaseRevoke': { ID: '77' },
  'Lease/LeaseTimeToLive': { ID: '77', keys: true },
  'Lease/LeaseLeases': {},
  'Cluster/MemberAdd': { peerURLs: ['http://127.0.0.1:1'], isLearner: true },
  'Cluster/MemberRemove': { ID: '1' },
  'Cluster/MemberUpdate': { ID: '1', peerURLs: ['http://127.0.0.1:1'] },
  'Cluster/MemberPromote': { ID: '1' },
  'Cluster/MemberList': {},
  'Maintenance/Status': {},
  'Maintenance/HashKV': { revision: '0' },
  'Maintenance/MoveLeader': { targetID: '1' },
  'Maintenance/Hash': {},
  'Maintenance/Defragment': {},
  'Maintenance/Downgrade': { action: 'VALIDATE', version: '3.4.0' },
  'Maintenance/Snapshot': {},
  'KV/RangeStream': { key: 'YQ==' },
  'Watch/Watch': { createRequest: { key: 'YQ==', filters: ['NOPUT'] } },
  'Lease/LeaseKeepAlive': { ID: LEASE },
  'v3lockpb.Lock/Lock': { name: 'bG9jaw==', lease: LEASE },
  'v3lockpb.Lock/Unlock': { key: 'bG9jay8x' },
  'v3electionpb.Election/Campaign': { name: 'Y2hhaXI=', lease: LEASE, value: 'eA==' },
  'v3electionpb.Election/Proclaim': { leader: LEADER, value: 'eA==' },
  'v3electionpb.Election/Leader': { name: 'Y2hhaXI=' },
  'v3electionpb.Election/Observe': { name: 'Y2hhaXI=' },
  'v3electionpb.Election/Resign': { leader: LEADER },
  // Last, because an alarm refuses writes.
  'Maintenance/Alarm': { action: 'DEACTIVATE', memberID: '0', alarm: 'NOSPACE' },
};

const MIB = 1024 * 1024;
const long = (text: string, length: number): string => Buffer.alloc(length, text).toString('base64');

/** Difficult values by the type of a field. */
const HARD: Readonly<Record<string, readonly unknown[]>> = {
  int64: ['0', '1', '-1', String(1n << 53n), String((1n << 63n) - 1n), String(-(1n << 63n))],
  uint64: ['0', '1', String(1n << 53n), String((1n << 64n) - 1n)],
  uint32: [0, 1, 2 ** 32 - 1],
  bool: [true],
  bytes: ['', 'AA==', '/w==', '/////w==', long('a', 5000), long('a', MIB), long('a', 2 * MIB)],
  string: ['', 'a', '\0', '\u{1F600}', ' http://127.0.0.1:1 ', 'http://', 'https://a:b', 'a'.repeat(100_000)],
};
/** Depths of nested transactions. */
const DEPTHS = [2, 10, 50];
const COUNTS = [127, 128, 129, 1000];

/** All requests, in the same order each time. */
export function* badInput(): Generator<BadInput> {
  for (const [method, usual] of Object.entries(METHODS)) {
    const { request } = methodTypes(method);
    const encode = (message: Plain): Uint8Array => request.encode(request.fromObject(message)).finish();
    yield { method, title: 'nothing', body: Buffer.alloc(0) };
    yield { method, title: 'the usual', body: encode(usual) };
    for (const { title, message } of variants(request, usual)) yield { method, title, body: encode(message) };
    for (const { title, bytes } of brokenBytes(encode(usual))) yield { method, title, body: bytes };
  }
  yield* deepTransactions();
  yield* longTransactions();
}

/** A message with a difficult value in one field, at any depth. */
function* variants(type: protobuf.Type, usual: Plain): Generator<{ readonly title: string; readonly message: Plain }> {
  for (const field of type.fieldsArray) {
    field.resolve();
    // An extension of raftkv.
    if (field.id >= 1000) continue;
    const usualValue = usual[field.name];
    for (const { title, value } of hardValues(field, field.repeated ? (usualValue as unknown[])?.[0] : usualValue)) {
      const held = field.repeated ? [value] : value;
      yield { title: `${field.name} ${title}`, message: { ...usual, [field.name]: held } };
    }
    if (!field.repeated) continue;
    for (const count of COUNTS) {
      const one = (usualValue as unknown[])?.[0] ?? simplest(field);
      const title = `${field.name} ${count} times`;
      yield { title, message: { ...usual, [field.name]: Array.from({ length: count }, () => one) } };
    }
  }
}

function* hardValues(
  field: protobuf.Field,
  usual: unknown,
): Generator<{ readonly title: string; readonly value: unknown }> {
  const { resolvedType } = field;
  if (resolvedType === null) {
    for (const value of defined(HARD[field.type], `values of the type ${field.type}`)) {
      const text = JSON.stringify(value);
      yield { title: text.length > 40 ? `of ${text.length} characters` : text, value };
    }
    return;
  }
  if ('values' in resolvedType) {
    for (const value of [...Object.values(resolvedType.values), 99, -1]) yield { title: String(value), value };
    return;
  }
  yield { title: '{}', value: {} };
  const held = (usual ?? {}) as Plain;
  // Nested transactions are tested separately.
  if (resolvedType.name === 'TxnRequest') return;
  for (const { title, message } of variants(resolvedType, held)) {
    // Of a oneof, only the tested member is set.
    yield { title: `{ ${title} }`, value: alternatives(resolvedType, held, message) };
  }
}

/** Removes a member of a oneof from `usual` if `message` sets another one. */
function alternatives(type: protobuf.Type, usual: Plain, message: Plain): Plain {
  const kept = { ...message } as Record<string, unknown>;
  for (const { oneof } of type.oneofsArray) {
    const set = oneof.filter((name) => kept[name] !== undefined);
    if (set.length > 1) for (const name of set) if (usual[name] !== undefined) delete kept[name];
  }
  return kept;
}

function simplest(field: protobuf.Field): unknown {
  if (field.resolvedType !== null) return 'values' in field.resolvedType ? 0 : {};
  return field.type === 'string' || field.type === 'bytes' ? '' : 0;
}

/** Bytes that are not a valid message, or decode to an unexpected one. */
function* brokenBytes(usual: Uint8Array): Generator<{ readonly title: string; readonly bytes: Uint8Array }> {
  if (usual.length > 1) yield { title: 'cut', bytes: usual.subarray(0, usual.length - 1) };
  yield { title: 'a field of wire type 7', bytes: Buffer.from([0x0f, 0x01]) };
  yield { title: 'field number 0', bytes: Buffer.from([0x02, 0x01, 0x61]) };
  yield { title: 'a varint without an end', bytes: Buffer.alloc(20, 0xff) };
  yield { title: 'a length beyond the end', bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]) };
  yield { title: 'a field of another wire type', bytes: Buffer.concat([usual, Buffer.from([0x08, 0x05])]) };
  yield { title: 'an unknown field', bytes: Buffer.concat([usual, Buffer.from([0xfa, 0x3f, 0x03, 0x61, 0x62, 0x63])]) };
  yield { title: 'a group', bytes: Buffer.concat([usual, Buffer.from([0xf3, 0x3f, 0x08, 0x01, 0xf4, 0x3f])]) };
}

function* deepTransactions(): Generator<BadInput> {
  const { request } = methodTypes('KV/Txn');
  for (const depth of DEPTHS) {
    let message: Plain = { success: [{ requestPut: { key: 'YQ==' } }] };
    for (let level = 1; level < depth; level += 1) message = { success: [{ requestTxn: message }] };
    const body = request.encode(request.fromObject(message)).finish();
    yield { method: 'KV/Txn', title: `${depth} levels`, body };
  }
}

function* longTransactions(): Generator<BadInput> {
  const { request } = methodTypes('KV/Txn');
  for (const count of COUNTS) {
    const success = Array.from({ length: count }, (_, at) => ({
      requestPut: { key: Buffer.from(`k${at}`).toString('base64') },
    }));
    const body = request.encode(request.fromObject({ success })).finish();
    yield { method: 'KV/Txn', title: `${count} puts`, body };
  }
}
