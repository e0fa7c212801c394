import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { defined } from '../../../src/util/assert.js';
import { clampInteger } from '../../../src/util/integer.js';
import { expectOk } from '../../support/etcd-client.js';
import type { EtcdClient } from '../../support/etcd-client.js';
import type { ProcessCluster } from '../../support/process-cluster.js';
import { clusterCpu } from '../cpu.js';
import type { Sample } from '../scenario.js';
import { runLoad } from './h2load.js';
import type { Shape } from './shape.js';

export interface FixedLoad extends Shape {
  readonly seconds: number;
  readonly key: string;
  /** Of the user whose calls these are. Default: none. */
  readonly token?: string | undefined;
}

export interface PutLoad extends FixedLoad {
  readonly valueBytes: number;
}

export interface RangeLoad extends FixedLoad {
  /** Fields of the request beside the key. */
  readonly request?: etcdserverpb.RangeRequest.$Properties;
  /** Length of the key's value, in bytes. */
  readonly valueBytes: number;
}

export const valueOf = (bytes: number): string => 'v'.repeat(bytes);

/**
 * Puts one key at the leader. h2load counts answers with a gRPC error as successes, so each answered put must have made a
 * version of the key.
 */
export async function loadPuts(cluster: ProcessCluster, load: PutLoad): Promise<Sample> {
  const client = cluster.client(await cluster.leader());
  expectOk(await client.put(load.key, valueOf(load.valueBytes)));
  const message = etcdserverpb.PutRequest.encode({
    key: Buffer.from(load.key),
    value: Buffer.from(valueOf(load.valueBytes)),
  }).finish();
  const before = await versionOf(client, load.key);
  const { sample, answered } = await runFixed(cluster, { ...load, path: '/etcdserverpb.KV/Put', message });
  const made = (await versionOf(client, load.key)) - before;
  const inFlight = load.connections * load.streams;
  if (made < answered || made > answered + inFlight)
    throw new Error(`${answered} puts were answered, but ${made} versions were made`);
  return sample;
}

/** Reads one present key at the leader; the answers must have the bytes of that many values. */
export async function loadRanges(cluster: ProcessCluster, load: RangeLoad): Promise<Sample> {
  const client = cluster.client(await cluster.leader());
  const { kvs } = expectOk(await client.get(load.key));
  if (kvs[0]?.value?.length !== load.valueBytes)
    throw new Error(`${load.key} has no value of ${load.valueBytes} bytes`);
  const message = etcdserverpb.RangeRequest.encode({ key: Buffer.from(load.key), ...load.request }).finish();
  const { sample, answered, dataBytes } = await runFixed(cluster, {
    ...load,
    path: '/etcdserverpb.KV/Range',
    message,
  });
  if (dataBytes < answered * load.valueBytes)
    throw new Error(`${answered} reads returned only ${dataBytes} bytes: not all have the value`);
  return sample;
}

async function runFixed(
  cluster: ProcessCluster,
  load: FixedLoad & { readonly path: string; readonly message: Uint8Array },
): Promise<{ readonly sample: Sample; readonly answered: number; readonly dataBytes: number }> {
  const leader = await cluster.leader();
  const bodyFile = join(cluster.folder, 'request.grpc');
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(load.message.length, 1);
  writeFileSync(bodyFile, Buffer.concat([prefix, load.message]));
  const cpu = clusterCpu(cluster, leader);
  const result = await runLoad({
    url: cluster.clientUrl(leader) + load.path,
    bodyFile,
    connections: load.connections,
    streamsPerConnection: load.streams,
    seconds: load.seconds,
    ...(load.token !== undefined && { headers: { token: load.token } }),
  });
  const sample = { value: result.rate, cpu: cpu(result.answered), meanMs: result.meanMs };
  return { sample, answered: result.answered, dataBytes: result.dataBytes };
}

async function versionOf(client: EtcdClient, key: string): Promise<number> {
  const { kvs } = expectOk(await client.get(key));
  return clampInteger(defined(kvs[0], key).version);
}
