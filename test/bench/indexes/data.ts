import { Client } from '../../../src/client/index.js';
import type { IndexDefinition } from '../../../src/client/index.js';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { defined } from '../../../src/util/assert.js';
import type { EtcdClient } from '../../support/etcd-client.js';
import { KEY_DIGITS, keyOf, type RandomCall } from '../load/random-call.js';
import { fill } from '../writers.js';

const PREFIX = 'bench/';
const VALUE_BYTES = 256;
/** Number of different values, between which puts change a key. */
export const VALUES = 4;

/**
 * In the order in which they are added. Three of four puts change the entries of the first two. The third is unique; its
 * entries stay.
 */
export const INDEXES: readonly (readonly [name: string, definition: IndexDefinition])[] = [
  ['by-age', { keys: { prefix: PREFIX }, json: '/age', type: 'number' }],
  ['by-city', { keys: { prefix: PREFIX }, json: '/city' }],
  ['by-number', { keys: { prefix: PREFIX }, segment: { position: 0, separator: '/', prefix: PREFIX }, unique: true }],
];

/** Creates the first of the indexes, and waits until they are ready. */
export async function createIndexes(endpoint: string, count: number): Promise<void> {
  await using client = new Client({ endpoints: [endpoint] });
  for (const [name, definition] of INDEXES.slice(0, count)) {
    await client.index(name).create(definition);
    await client.index(name).ready();
  }
}

/** A JSON document of 256 bytes. */
export function valueOf(at: number): Buffer {
  const document = { age: 20 + (at % VALUES), city: `city ${at % VALUES}`, rest: '' };
  document.rest = 'v'.repeat(VALUE_BYTES - JSON.stringify(document).length);
  return Buffer.from(JSON.stringify(document));
}

/** Writes the first keys. */
export async function fillKeys(client: EtcdClient, keys: number): Promise<void> {
  await fill(client, keys, (at) => ({ key: Buffer.from(keyOf(at)), value: valueOf(at) }));
}

/** Puts of random keys, with each of the values. */
export function puts(keys: number): readonly RandomCall[] {
  return Array.from({ length: VALUES }, (_, at) => {
    const request = etcdserverpb.PutRequest.encode({ key: Buffer.from(keyOf(0)), value: valueOf(at) }).finish();
    return randomCall('/etcdserverpb.KV/Put', request, { keys, percent: 100 / VALUES, answerBytesMin: 0 });
  });
}

/** A linearizable read of a random key. */
export function pointRead(keys: number): RandomCall {
  const readLevel = etcdserverpb.ReadLevel.DEFAULT;
  const request = etcdserverpb.RangeRequest.encode({ key: Buffer.from(keyOf(0)), readLevel }).finish();
  return randomCall('/etcdserverpb.KV/Range', request, { keys, percent: 100, answerBytesMin: VALUE_BYTES });
}

/** A query of one value at the same level, which one key has. */
export function query(keys: number, { keysOnly }: { readonly keysOnly: boolean }): RandomCall {
  const request = raftkvpb.IndexQueryRequest.encode({
    index: 'by-number',
    equal: { stringValue: keyOf(0).slice(PREFIX.length) },
    keysOnly,
    readLevel: etcdserverpb.ReadLevel.DEFAULT,
  }).finish();
  const answerBytesMin = keysOnly ? PREFIX.length + KEY_DIGITS : VALUE_BYTES;
  return randomCall('/raftkvpb.Index/Query', request, { keys, percent: 100, answerBytesMin });
}

function randomCall(
  path: string,
  request: Uint8Array,
  rest: Pick<RandomCall, 'keys' | 'percent' | 'answerBytesMin'>,
): RandomCall {
  const digitsAt = Buffer.from(request).indexOf('0'.repeat(KEY_DIGITS));
  return { path, request, digitsAt, ...rest };
}

/** The address of `host:port`. */
export function addressOf(endpoint: string): { readonly host: string; readonly port: number } {
  const [host, port] = endpoint.split(':');
  return { host: defined(host, 'a host'), port: Number(port) };
}
