import type { Codecs } from '../../support/etcd-client.js';
import { badInput } from './bad-input.js';
import type { Counts, Systems } from './compare.js';
import { KNOWN, type Verdict } from './known.js';
import type { System } from './system.js';

const BYTES: Codecs<Uint8Array, Uint8Array> = {
  request: { encode: (body) => ({ finish: () => body }) },
  response: { decode: (body) => body },
};
/** Of an error's text: etcd quotes what it was sent in some. */
const SHOWN = 200;
/** What all of it may add to the memory of a member of ours, in bytes. */
const GROWTH_MAX = 200 * 1024 * 1024;

/** Requests that are empty, over-long, wrong or huge: raftkv must refuse what etcd refuses, in the same words, and go on. */
export async function compareBadInput([raftkv, etcd]: Systems): Promise<Counts> {
  const before = raftkv.memoryBytes();
  let [passed, failed] = [0, 0];
  for (const input of badInput()) {
    const [ours, theirs] = await Promise.all([verdict(raftkv, input), verdict(etcd, input)]);
    const known = ours === theirs || KNOWN.some(({ fits }) => fits(input, ours, theirs));
    if (known && raftkv.running) passed += 1;
    else {
      failed += 1;
      console.log(
        `FAIL  ${input.method}: ${input.title}\n  raftkv ${raftkv.running ? ours : raftkv.log}\n  etcd   ${theirs}`,
      );
    }
    // etcd ends with some of them.
    for (const system of [raftkv, etcd]) await system.revive();
  }
  const growth = raftkv.memoryBytes() - before;
  console.log(
    `${passed + failed} bad requests; the member of raftkv has grown by ${(growth / 2 ** 20).toFixed(0)} MiB`,
  );
  return growth <= GROWTH_MAX ? { passed: passed + 1, failed } : { passed, failed: failed + 1 };
}

async function verdict(
  system: System,
  { method, body }: { readonly method: string; readonly body: Uint8Array },
): Promise<Verdict> {
  const answer = await system.client.call(`/etcdserverpb.${method}`, BYTES, body);
  return answer.kind === 'ok' ? 'ok' : `${answer.code} ${answer.details.slice(0, SHOWN)}`;
}
