import protobuf from 'protobufjs';
import { fileURLToPath } from 'node:url';
import { bytesField, numberField } from './raw-proto.js';

/** Every served method that does not wait for other calls, with its request type. */
export const METHODS = [
  { path: '/etcdserverpb.KV/Range', type: 'etcdserverpb.RangeRequest' },
  { path: '/etcdserverpb.KV/Put', type: 'etcdserverpb.PutRequest' },
  { path: '/etcdserverpb.KV/DeleteRange', type: 'etcdserverpb.DeleteRangeRequest' },
  { path: '/etcdserverpb.KV/Txn', type: 'etcdserverpb.TxnRequest' },
  { path: '/etcdserverpb.KV/Compact', type: 'etcdserverpb.CompactionRequest' },
  { path: '/etcdserverpb.Lease/LeaseGrant', type: 'etcdserverpb.LeaseGrantRequest' },
  { path: '/etcdserverpb.Lease/LeaseRevoke', type: 'etcdserverpb.LeaseRevokeRequest' },
  { path: '/etcdserverpb.Lease/LeaseTimeToLive', type: 'etcdserverpb.LeaseTimeToLiveRequest' },
  { path: '/etcdserverpb.Lease/LeaseLeases', type: 'etcdserverpb.LeaseLeasesRequest' },
  { path: '/v3lockpb.Lock/Unlock', type: 'v3lockpb.UnlockRequest' },
  { path: '/v3electionpb.Election/Proclaim', type: 'v3electionpb.ProclaimRequest' },
  { path: '/v3electionpb.Election/Leader', type: 'v3electionpb.LeaderRequest' },
  { path: '/v3electionpb.Election/Resign', type: 'v3electionpb.ResignRequest' },
  { path: '/etcdserverpb.Cluster/MemberList', type: 'etcdserverpb.MemberListRequest' },
  { path: '/etcdserverpb.Maintenance/Status', type: 'etcdserverpb.StatusRequest' },
  { path: '/etcdserverpb.Maintenance/HashKV', type: 'etcdserverpb.HashKVRequest' },
  { path: '/raftkvpb.Hot/Top', type: 'raftkvpb.HotRequest' },
  { path: '/grpc.health.v1.Health/Check', type: 'grpc.health.v1.HealthCheckRequest' },
] as const;

/** Edge values of the integers that a field, a double or our code can hold, and values beyond them. */
const EDGES = [2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n];
const NUMBERS = [0n, ...[1n, ...EDGES].flatMap((edge) => [edge, -edge])];

export interface NumberCase {
  readonly path: string;
  /** The name of the field, and its value. */
  readonly what: string;
  readonly body: Buffer;
}

/**
 * For each numeric field (integers, enums, flags) of each request, also inside transactions: an otherwise valid request
 * with each edge value in the field. Generated from the .proto files, so new fields are included.
 */
export function numberCases(): NumberCase[] {
  const root = new protobuf.Root();
  const folder = fileURLToPath(new URL('../../proto/', import.meta.url));
  root.resolvePath = (_origin, target) => (target.startsWith(folder) ? target : folder + target);
  root.loadSync([
    'etcd/rpc.proto',
    'etcd/v3lock.proto',
    'etcd/v3election.proto',
    'grpc/health.proto',
    'raftkvpb/hot.proto',
  ]);
  root.resolveAll();
  return METHODS.flatMap(({ path, type }) =>
    fieldCases(root.lookupType(type), NESTING_MAX).map(({ what, body }) => ({ path, what: `${path} ${what}`, body })),
  );
}

/** Levels of messages below a request: operations of a nested transaction are the deepest with new fields. */
const NESTING_MAX = 4;

function fieldCases(type: protobuf.Type, depth: number): { what: string; body: Buffer }[] {
  return type.fieldsArray.flatMap((field) => {
    const others = type.fieldsArray.filter((other) => other.name === 'key' && other !== field);
    const base = Buffer.concat(others.map(({ id }) => bytesField(id, Buffer.from('k'))));
    const inner = field.resolvedType;
    if (inner instanceof protobuf.Type) {
      if (depth === 0) return [];
      return fieldCases(inner, depth - 1).map(({ what, body }) => ({
        what: `${field.name}.${what}`,
        body: Buffer.concat([base, bytesField(field.id, body)]),
      }));
    }
    if (field.type === 'bytes' || field.type === 'string') return [];
    return NUMBERS.map((number) => ({
      what: `${field.name}=${number}`,
      body: Buffer.concat([base, numberField(field.id, number)]),
    }));
  });
}

/** Nested transactions with a put at the innermost level. */
export function nestedTransactions(levels: number): Buffer {
  const bottom = bytesField(2, bytesField(1, Buffer.from('k')));
  // Sizes are computed from the inside out, bytes are written from the outside in.
  const heads: Buffer[] = [];
  let size = bottom.length;
  for (let level = 0; level < levels; level++) {
    const success = head(2, size);
    size += success.length;
    if (level + 1 === levels) {
      heads.push(success);
      break;
    }
    const operation = head(4, size);
    size += operation.length;
    heads.push(success, operation);
  }
  return Buffer.concat([...heads.reverse(), bottom]);
}

/** The key and length of a field with this many bytes. */
function head(field: number, length: number): Buffer {
  const whole = bytesField(field, Buffer.alloc(0));
  return Buffer.concat([whole.subarray(0, -1), numberField(0, length).subarray(1)]);
}
