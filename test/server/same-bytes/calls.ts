import { etcdserverpb as pb } from '../../../src/gen/proto.js';

/** One call of the script. */
export interface ScriptedCall {
  readonly path: string;
  readonly body: Uint8Array;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const user = (age: number, email: string): Buffer => bytes(JSON.stringify({ age, email, tags: ['a', email] }));
const { EQUAL, GREATER } = pb.Compare.CompareResult;
const { VERSION, VALUE, MOD } = pb.Compare.CompareTarget;
const { DESCEND } = pb.RangeRequest.SortOrder;

const put = (key: string, value: string | Buffer, more: Omit<pb.PutRequest.$Properties, 'key' | 'value'> = {}) =>
  call('KV/Put', pb.PutRequest, putOf(key, value, more));
const range = (key: string, rangeEnd = '', more: Omit<pb.RangeRequest.$Properties, 'key' | 'rangeEnd'> = {}) =>
  call('KV/Range', pb.RangeRequest, { key: bytes(key), rangeEnd: bytes(rangeEnd), ...more });
const remove = (key: string, rangeEnd = '', prevKv = false) =>
  call('KV/DeleteRange', pb.DeleteRangeRequest, { key: bytes(key), rangeEnd: bytes(rangeEnd), prevKv });
const txn = (request: pb.TxnRequest.$Properties) => call('KV/Txn', pb.TxnRequest, request);

function putOf(key: string, value: string | Buffer, more: Omit<pb.PutRequest.$Properties, 'key' | 'value'> = {}) {
  return { key: bytes(key), value: typeof value === 'string' ? bytes(value) : value, ...more };
}

function call<Request>(
  path: string,
  codec: { encode(request: Request): { finish(): Uint8Array } },
  request: Request,
): ScriptedCall {
  return { path: `/etcdserverpb.${path}`, body: codec.encode(request).finish() };
}

/** Calls of every kind that reads or writes keys, with answers that depend on nothing but the calls before. */
export const CALLS: readonly ScriptedCall[] = [
  put('users/1', user(30, 'ann@example.org')),
  put('users/2', user(20, 'bob@example.org'), { prevKv: true }),
  put('users/2', user(21, 'bob@example.org'), { prevKv: true }),
  put('users/3', 'no JSON'),
  put('plain', '\x00\xff'),
  call('Lease/LeaseGrant', pb.LeaseGrantRequest, { TTL: 5000, ID: 77 }),
  put('users/4', user(40, 'eve@example.org'), { lease: 77 }),
  put('users/4', '', { ignoreValue: true, ignoreLease: true, prevKv: true }),
  put('users/5', 'x', { lease: 99 }),
  put('', 'x'),
  range('users/1'),
  range('users/', 'users0'),
  range('users/', 'users0', { limit: 2, keysOnly: true }),
  range('users/', 'users0', { countOnly: true }),
  range('users/', 'users0', { sortTarget: pb.RangeRequest.SortTarget.MOD, sortOrder: DESCEND, limit: 3 }),
  range('users/', 'users0', { revision: 3 }),
  range('\0', '\0', { minModRevision: 4, maxCreateRevision: 6, serializable: true }),
  range('none'),
  range('users/1', '', { revision: 1000 }),
  txn({
    compare: [
      { key: bytes('users/2'), target: VERSION, result: EQUAL, version: 2 },
      { key: bytes('users/'), rangeEnd: bytes('users0'), target: MOD, result: GREATER, modRevision: 1 },
    ],
    success: [
      { requestPut: putOf('users/2', user(22, 'bob@example.org'), { prevKv: true }) },
      { requestRange: { key: bytes('users/2') } },
      {
        requestTxn: {
          compare: [{ key: bytes('plain'), target: VALUE, result: EQUAL, value: bytes('\x00\xff') }],
          success: [{ requestDeleteRange: { key: bytes('plain'), prevKv: true } }],
        },
      },
    ],
    failure: [{ requestRange: { key: bytes('none') } }],
  }),
  txn({
    compare: [{ key: bytes('plain'), target: VERSION, result: GREATER, version: 0 }],
    success: [{ requestPut: putOf('never', 'x') }],
    failure: [{ requestRange: { key: bytes('users/'), rangeEnd: bytes('users0'), limit: 1 } }],
  }),
  txn({ success: [{ requestPut: putOf('twice', '1') }, { requestPut: putOf('twice', '2') }] }),
  txn({}),
  remove('users/3', '', true),
  remove('none'),
  call('Lease/LeaseLeases', pb.LeaseLeasesRequest, {}),
  call('Lease/LeaseRevoke', pb.LeaseRevokeRequest, { ID: 77 }),
  range('users/4'),
  put('users/6', user(60, 'zoe@example.org')),
  call('KV/Compact', pb.CompactionRequest, { revision: 6, physical: true }),
  range('users/', 'users0', { revision: 5 }),
  range('users/', 'users0', { revision: 6 }),
  remove('\0', '\0', true),
];
