/** One request over HTTP. The cases run in order, on one store each. */
export interface HttpCase {
  /** Default POST, with the body. */
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Parts that may differ between equivalent systems, besides ids, ports and terms. */
  readonly mask?: readonly RegExp[];
  /** Intended additions of raftkv, which are removed. */
  readonly drop?: RegExp;
  /** Set if the versions of etcd differ: the case is compared with one of them only. */
  readonly only?: OnlyWith;
}

/** `old`: up to 3.4, with grpc-gateway 1. `new`: Debian's builds of 3.5 and everything from 3.6 on, with grpc-gateway 2. */
export interface OnlyWith {
  readonly etcd: 'old' | 'new';
  readonly because: string;
}

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const A = b64('a');
/** Larger than JavaScript's safe integers. */
const LEASE = '7587862072907233000';
const at =
  (path: string) =>
  (body: unknown, more: Partial<HttpCase> = {}): HttpCase => ({
    path,
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    ...more,
  });
const range = at('/v3/kv/range');
const put = at('/v3/kv/put');
const del = at('/v3/kv/deleterange');
const txn = at('/v3/kv/txn');
const compact = at('/v3/kv/compaction');
const alarm = at('/v3/maintenance/alarm');
const get = (path: string, method = 'GET', more: Partial<HttpCase> = {}): HttpCase => ({ path, method, ...more });

const STATUS = /"(version|dbSize|dbSizeInUse|raftIndex|raftAppliedIndex|raftTerm|leader)":"[^"]*"/g;
/** Fields of newer versions, and of raftkv. */
const OWN_VERSION =
  /,"(?:storageVersion|dbSizeQuota|raftkv_version)":"[^"]*"|,"hot_(?:read|write)":\{[^}]*\}|"downgradeInfo":\{\},|,"downgradeInfo":\{\}/g;

/** etcd's gateway and its server report a stream's deadline at the same time; either may be first. */
const DEADLINE =
  /"grpc_code":(?:4,"http_code":504|2,"http_code":500),"message":"context deadline exceeded","http_status":"[^"]*"/;

/** Texts that are not JSON, or not a RangeRequest. */
const BAD: readonly (string | Buffer)[] = [
  'x',
  '{"key":"YQ=="',
  '[1',
  '[]',
  '"x"',
  '1',
  'true',
  '{"key":"YQ==",}',
  '{"key" "YQ=="}',
  "{'key'}",
  '{key:1}',
  '{"key":"YQ==","limit":01}',
  '{"key":"YQ\\x"}',
  '{"limit":-}',
  '{"limit":1.}',
  '{"limit":1e}',
  '{"limit":1e+}',
  '{"key":tru}',
  '{"key":nul}',
  '{"key":"\\u00zz"}',
  '{"key":"\u0001"}',
  '{"key":"\n"}',
  '{"key":[1 2]}',
  '{"key":1 2}',
  Buffer.from([0xff]),
  Buffer.from([0x1f, 0x8b]),
  '\u007f',
  '{"key":1}',
  '{"key":true}',
  '{"key":{}}',
  '{"key":"a"}',
  '{"key":"Y Q=="}',
  '{"key":"YQ==YQ=="}',
  '{"key":"YQ==","limit":"x"}',
  '{"key":"YQ==","limit":""}',
  '{"key":"YQ==","limit":"01"}',
  '{"key":"YQ==","limit":"-"}',
  '{"key":"YQ==","limit":"1 2"}',
  '{"key":"YQ==","limit":"true"}',
  '{"key":"YQ==","limit":1.5}',
  '{"key":"YQ==","limit":"1e3"}',
  '{"key":"YQ==","limit":99999999999999999999}',
  '{"key":"YQ==","limit":9223372036854775808}',
  '{"key":"YQ==","limit":{}}',
  '{"key":"YQ==","limit":[]}',
  '{"key":"YQ==","serializable":"true"}',
  '{"key":"YQ==","serializable":1}',
  '{"key":"YQ==","sort_order":"X"}',
  '{"key":"YQ==","sort_order":"2"}',
  '{"key":"YQ==","sort_order":1.5}',
  '{"key":"YQ==","sort_order":true}',
  '{"sort_order":true,"key":1}',
];

/** Unusual but valid input. */
const ODD: readonly string[] = [
  '',
  '   ',
  'null',
  '{}',
  '{"key":null}',
  '{"key":""}',
  '{"KEY":"YQ=="}',
  '{"key":"YQ=="} trailing',
  '{"key":"YQ=="}}',
  '{"key":"YQ==","foo":[1,{"bar":null}]}',
  '{"key":"YQ==","key":"Yg=="}',
  '{"key":"YQ\\n=="}',
  '{"key":"\\u0059\\u0051\\u003d\\u003d"}',
  '{"key":"YQ==","limit":null}',
  '{"key":"YQ==","limit":"1"}',
  '{"key":"YQ==","limit":" 1 "}',
  '{"key":"YQ==","keysOnly":true}',
  '{"key":"YQ==","keysOnly":true,"keys_only":false}',
  '{"key":"YQ==","count_only":true}',
  '{"key":"AA==","range_end":"AA==","sortOrder":"DESCEND","sortTarget":"VALUE"}',
  '{"key":"AA==","range_end":"AA==","sort_order":2,"limit":"1"}',
];

/** Input that the newer gateway's decoder (protojson) reads differently. */
const PROTOJSON: OnlyWith = {
  etcd: 'old',
  because: 'protojson refuses repeated fields and blanks in values, and takes 1e3 and unknown names of enums',
};
const PARSED_OTHERWISE: ReadonlySet<string | Buffer> = new Set([
  'null',
  '{"key":"YQ==","key":"Yg=="}',
  '{"key":"YQ\\n=="}',
  '{"key":"YQ==","limit":" 1 "}',
  '{"key":"YQ==","limit":"1 2"}',
  '{"key":"YQ==","limit":"1e3"}',
  '{"key":"YQ==","keysOnly":true,"keys_only":false}',
  '{"key":"YQ==","sort_order":"X"}',
  '{"key":"YQ==","sort_order":"2"}',
]);
/** The newer gateway opens the stream before it reads the body, and does not answer an invalid one. */
const STREAM_FIRST = {
  only: { etcd: 'old', because: 'the new gateway does not answer an unreadable body of a stream' },
} as const;
const NEW_GATEWAY = {
  only: { etcd: 'new', because: 'raftkv has the status and the form of the new gateway' },
} as const;
/** etcd 3.4 sends no header with alarms. */
const NEW_HEADER = { drop: /"header":\{[^}]*\},?/ };
const NEW_HEALTH = { only: { etcd: 'new', because: 'etcd 3.4 gives no reason' } } as const;

export const HTTP_CASES: readonly HttpCase[] = [
  get('/health', 'GET', NEW_HEALTH),
  get('/health?serializable=true', 'GET', NEW_HEALTH),
  get('/health', 'POST'),
  get('/version', 'POST'),
  get('/'),
  get('/nothing'),
  get('/nothing', 'POST'),
  get('/v2/keys'),
  get('/v3/nothing', 'GET', NEW_GATEWAY),
  get('/v3/kv/range/', 'POST', NEW_GATEWAY),
  get('/v3alpha/kv/range', 'POST'),
  ...['GET', 'PUT', 'DELETE', 'PATCH'].map((method) => get('/v3/kv/range', method, NEW_GATEWAY)),
  range({ key: A }),
  put({ key: A, value: b64('1') }),
  put({ key: A, value: b64('2'), prev_kv: true }),
  put({ key: b64('<&>"'), value: b64('\u0000\u00ff') }),
  put({ key: b64('empty') }),
  put({}),
  put({ key: b64('b'), ignore_value: true }),
  put({ key: A, value: b64('x'), ignoreValue: true }),
  put({ key: A, lease: '123' }),
  put({ key: A, lease: 7587862072907233000 }),
  put({ key: A, lease: '9223372036854775808' }),
  range({ key: A }),
  range({ key: A }, { path: '/v3beta/kv/range' }),
  range({ key: A, serializable: true }),
  range({ key: A }, { headers: { 'content-type': 'text/xml' } }),
  range({ key: A }, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  range({ key: A }, { path: '/v3/kv/range?limit=x' }),
  range({ key: 'AA==', range_end: 'AA==' }),
  range({ key: A, revision: '2' }),
  range({ key: A, revision: '1000' }),
  ...[...ODD, ...BAD].map((body) => range(body, PARSED_OTHERWISE.has(body) ? { only: PROTOJSON } : {})),
  txn({
    compare: [{ key: A, result: 'EQUAL', target: 'VALUE', value: b64('2') }],
    success: [{ request_put: { key: A, value: b64('3') } }],
    failure: [{ requestRange: { key: A } }],
  }),
  txn({
    compare: [{ key: A, result: 'EQUAL', target: 'VERSION', version: '0' }],
    failure: [{ requestRange: { key: A } }, { request_delete_range: { key: b64('z') } }, { request_txn: {} }],
  }),
  txn({ compare: [{ key: A, target: 1, createRevision: 2, result: 0 }] }),
  txn({ compare: [{ key: A, result: 'NOT_EQUAL', target: 'MOD', mod_revision: 0 }] }),
  txn({}),
  txn('{"compare":null,"success":null}'),
  txn('{"compare":{}}'),
  txn('{"compare":[1]}'),
  txn('{"success":["a"]}'),
  txn('{"success":[{}]}'),
  txn('{"success":[{"request_put":null}]}'),
  txn({ success: [{ request_put: { key: A } }, { request_put: { key: A } }] }),
  txn({ compare: [{ key: A, result: '0' }] }, { only: PROTOJSON }),
  del({ key: b64('nothing') }),
  del({ key: A, prev_kv: true }),
  del({ key: 'AA==', rangeEnd: 'AA==', prevKv: true }),
  compact({ revision: '1000' }),
  compact({ revision: 3 }),
  compact({ revision: '3' }),
  range({ key: A, revision: '2' }),
  at('/v3/maintenance/status')('{}', { mask: [STATUS], drop: OWN_VERSION }),
  at('/v3/maintenance/transfer-leadership')({ targetID: '77' }, NEW_GATEWAY),
  at('/v3/maintenance/transfer-leadership')({ targetID: -1 }),
  alarm('{}', NEW_HEADER),
  alarm({ action: 'ACTIVATE', alarm: 'NOSPACE', memberID: '7' }, NEW_HEADER),
  put({ key: A }),
  alarm({ action: 'GET', alarm: 1 }, NEW_HEADER),
  alarm({ action: 2, alarm: 'NOSPACE', memberID: '7' }, NEW_HEADER),
  alarm({ action: 'RAISE' }, { only: PROTOJSON }),
  at('/v3/maintenance/defragment')('{}'),
  at('/v3/maintenance/defragment')('x'),
  put({ key: A, value: b64('4') }),
  at('/v3/cluster/member/list')('{}'),
  at('/v3/cluster/member/add')({ peerURLs: ['x'] }),
  at('/v3/cluster/member/add')({ peerURLs: 'x' }),
  at('/v3/cluster/member/add')({ peerURLs: [1] }),
  at('/v3/cluster/member/remove')({ ID: '7' }),
  at('/v3/cluster/member/promote')({ ID: 7 }),
  at('/v3/cluster/member/update')({ ID: '7', peerURLs: ['http://127.0.0.1:1'] }),
  at('/v3/maintenance/snapshot')('x', STREAM_FIRST),
  at('/v3/lease/grant')({ TTL: 100, ID: LEASE }),
  at('/v3/lease/grant')({ TTL: 100, ID: Number(LEASE) }, NEW_GATEWAY),
  at('/v3/lease/grant')({ TTL: '9000000001' }),
  put({ key: A, value: b64('leased'), lease: LEASE }),
  at('/v3/lease/timetolive')({ ID: LEASE, keys: true }, { mask: [/"TTL":"\d+"/] }),
  at('/v3/kv/lease/timetolive')({ ID: '77' }),
  at('/v3/lease/leases')(''),
  at('/v3/kv/lease/leases')('{}'),
  at('/v3/lease/keepalive')(`{"ID":"${LEASE}"}{"ID":"1"}`),
  at('/v3/lease/keepalive')('x', STREAM_FIRST),
  at('/v3/lease/keepalive')('{"ID":[]}', STREAM_FIRST),
  at('/v3/lock/lock')({ name: b64('l'), lease: LEASE }),
  at('/v3/lock/unlock')({ key: b64(`l/${BigInt(LEASE).toString(16)}`) }),
  at('/v3/lock/unlock')('x'),
  at('/v3/election/leader')({ name: b64('e') }),
  at('/v3/election/campaign')({ name: b64('e'), lease: LEASE, value: b64('me') }),
  at('/v3/election/leader')({ name: b64('e') }),
  at('/v3/election/proclaim')({ value: b64('x') }),
  at('/v3/election/observe')({ name: 1 }),
  at('/v3/election/resign')({}),
  at('/v3/watch')('x', STREAM_FIRST),
  at('/v3/watch')({ create_request: 1 }, STREAM_FIRST),
  at('/v3/watch')({ create_request: { key: A, filters: ['NOPUT', 1, 'X'] } }, STREAM_FIRST),
  ...[
    { key: A },
    { key: A, start_revision: '1' },
    { key: A, start_revision: '4', prev_kv: true },
    { key: 'AA==', range_end: 'AA==', startRevision: 4, filters: ['NOPUT'] },
    { key: A, watch_id: '7', filters: [1] },
  ].map((create) =>
    at('/v3/watch')({ create_request: create }, { headers: { 'grpc-timeout': '300m' }, mask: [DEADLINE] }),
  ),
  ...['x', '1n', '-3S'].map((timeout) =>
    at('/v3/watch')({ create_request: { key: A } }, { headers: { 'grpc-timeout': timeout } }),
  ),
  at('/v3/maintenance/snapshot')('{}', { headers: { 'grpc-timeout': '-1S' } }),
  at('/v3/lease/revoke')({ ID: LEASE }),
  at('/v3/kv/lease/revoke')({ ID: LEASE }),
  ...['x', '3z', '1n', '-3S', '5S', '123456789S', ''].map((timeout) =>
    range({ key: A }, { headers: { 'grpc-timeout': timeout } }),
  ),
  put({ key: A, value: Buffer.alloc(1_600_000).toString('base64') }),
  put({ key: A, value: Buffer.alloc(2_400_000).toString('base64') }),
];
