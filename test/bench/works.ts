import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { expectOk } from '../support/etcd-client.js';
import type { EtcdClient } from '../support/etcd-client.js';
import { runLoad } from './h2load.js';
import type { LoadResult } from './h2load.js';

const VALUE = Buffer.alloc(256, 'v');
const WRITTEN_KEY = Buffer.from('bench/written');
const READ_KEY = Buffer.from('bench/read');

/** One kind of call. etcd has no level `default`: there it is measured against etcd's linearizable. */
export interface Work {
  readonly name: string;
  readonly path: string;
  readonly writes: boolean;
  readonly encode: (system: 'raftkv' | 'etcd') => Uint8Array;
}

const range = (request: etcdserverpb.RangeRequest.$Properties): Uint8Array =>
  etcdserverpb.RangeRequest.encode({ key: READ_KEY, ...request }).finish();

export const WORKS: readonly Work[] = [
  {
    name: 'put',
    path: '/etcdserverpb.KV/Put',
    writes: true,
    encode: () => etcdserverpb.PutRequest.encode({ key: WRITTEN_KEY, value: VALUE }).finish(),
  },
  { name: 'linearizable', path: '/etcdserverpb.KV/Range', writes: false, encode: () => range({}) },
  { name: 'serializable', path: '/etcdserverpb.KV/Range', writes: false, encode: () => range({ serializable: true }) },
  {
    name: 'default',
    path: '/etcdserverpb.KV/Range',
    writes: false,
    encode: (system) => range(system === 'etcd' ? {} : { readLevel: etcdserverpb.ReadLevel.DEFAULT }),
  },
];

export interface Shape {
  readonly connections: number;
  readonly streamsPerConnection: number;
}

export const SHAPES: readonly Shape[] = [
  { connections: 1, streamsPerConnection: 1 },
  { connections: 10, streamsPerConnection: 100 },
];

export interface RunOptions extends Shape {
  readonly work: Work;
  readonly system: 'raftkv' | 'etcd';
  readonly client: EtcdClient;
  readonly seconds: number;
  /** Folder for the file with the request. */
  readonly folder: string;
}

/** The key of the read works. */
export async function prepare(client: EtcdClient): Promise<void> {
  for (const key of [READ_KEY, WRITTEN_KEY]) expectOk(await client.put(key.toString(), VALUE.toString()));
}

/**
 * One run against one member, with a check of its answers, as h2load counts gRPC errors as successes. A call is decoded
 * before and after the run; every write must have made a version, and every read must have returned the value.
 */
export async function runWork(options: RunOptions): Promise<LoadResult> {
  const { work, system, client } = options;
  const message = work.encode(system);
  const bodyFile = join(options.folder, `${work.name}-${system}.grpc`);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  writeFileSync(bodyFile, Buffer.concat([prefix, message]));

  const before = await writtenVersion(client);
  const result = await runLoad({ ...options, bodyFile, url: `http://${client.endpoint}${work.path}` });
  const made = (await writtenVersion(client)) - before;

  const inFlight = options.connections * options.streamsPerConnection;
  if (work.writes && (made < result.answered || made > result.answered + inFlight))
    throw new Error(`${system}: ${result.answered} puts were answered, but ${made} versions were made`);
  if (!work.writes && result.dataBytes < result.answered * VALUE.length)
    throw new Error(`${system}: ${result.answered} reads brought only ${result.dataBytes} bytes: not all are values`);
  return result;
}

async function writtenVersion(client: EtcdClient): Promise<number> {
  const { kvs } = expectOk(await client.get(WRITTEN_KEY.toString()));
  const kv = defined(kvs[0], 'the written key');
  if (!VALUE.equals(kv.value ?? Buffer.alloc(0))) throw new Error('the written key has lost its value');
  return clampInteger(kv.version);
}
