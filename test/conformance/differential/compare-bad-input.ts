import { expectOk, type Codecs } from '../../support/etcd-client.js';
import { badInput, LEASE, TAKEN_BACK, type BadInput } from './bad-input.js';
import { streamVerdict } from './bad-streams.js';
import type { Counts, Systems } from './compare.js';
import { KNOWN, type Verdict } from './known.js';
import { methodOf, methodTypes, toPlain } from './schema.js';
import type { System } from './system.js';

const BYTES: Codecs<Uint8Array, Uint8Array> = {
  request: { encode: (body) => ({ finish: () => body }) },
  response: { decode: (body) => body },
};
/** Length of the compared part of an error text: etcd quotes the request in some. */
const SHOWN = 200;
/** The answer of an etcd whose disk has stalled: says nothing about the request, which is sent again. */
const TOO_LATE = '14 etcdserver: request timed out';
const RETRIES = 3;
/** Maximum growth of our member's memory in total, in bytes. */
const GROWTH_MAX = 200 * 1024 * 1024;

/**
 * Empty, overlong, invalid and huge requests: raftkv must refuse what etcd refuses, with the same text, and keep
 * running.
 */
export async function compareBadInput([raftkv, etcd]: Systems): Promise<Counts> {
  // Earlier calls may have left authentication on.
  for (const system of [raftkv, etcd]) await system.begin();
  const before = raftkv.memoryBytes();
  let [passed, failed] = [0, 0];
  const grant = methodOf('Lease/LeaseGrant');
  for (const { client } of [raftkv, etcd]) {
    expectOk(await client.call(grant.path, grant.codecs, { ID: LEASE, TTL: '9000000' }));
  }
  for (const input of badInput()) {
    let [ours, theirs] = await Promise.all([verdict(raftkv, input), verdict(etcd, input)]);
    for (let more = RETRIES; more > 0 && theirs.startsWith(TOO_LATE); more -= 1) {
      await etcd.settled();
      await etcd.revive();
      [ours, theirs] = await Promise.all([verdict(raftkv, input), verdict(etcd, input)]);
    }
    const known = ours === theirs || KNOWN.some(({ fits }) => fits(input, ours, theirs));
    if (known && raftkv.running) passed += 1;
    else {
      failed += 1;
      console.log(
        `FAIL  ${input.method}: ${input.title}\n  raftkv ${raftkv.running ? ours : raftkv.log}\n  etcd   ${theirs}`,
      );
    }
    // Some of them stop etcd.
    if (theirs.startsWith('14 ')) await etcd.settled();
    for (const system of [raftkv, etcd]) await system.revive();
  }
  const growth = raftkv.memoryBytes() - before;
  console.log(
    `${passed + failed} bad requests; the member of raftkv has grown by ${(growth / 2 ** 20).toFixed(0)} MiB`,
  );
  return growth <= GROWTH_MAX ? { passed: passed + 1, failed } : { passed, failed: failed + 1 };
}

async function verdict(system: System, input: BadInput): Promise<Verdict> {
  const { path, responseStream } = methodTypes(input.method);
  if (responseStream) return await streamVerdict(system, input, SHOWN);
  const answer = await system.client.call(path, BYTES, input.body);
  if (answer.kind === 'error') return `${answer.code} ${answer.details.slice(0, SHOWN)}`;
  await takeBack(system, input, answer.response);
  return 'ok';
}

/** The answer has the key in the field of the other method's request: `key` or `leader`. */
async function takeBack(system: System, { method }: BadInput, answer: Uint8Array): Promise<void> {
  const other = TAKEN_BACK[method];
  if (other === undefined) return;
  const { path, codecs } = methodOf(other);
  expectOk(await system.client.call(path, codecs, toPlain(methodTypes(method).response, answer)));
}
