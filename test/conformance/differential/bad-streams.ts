import type { ServiceError } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { asBytes, rawClient } from '../../support/raw-client.js';
import type { BadInput } from './bad-input.js';
import type { Verdict } from './known.js';
import { methodTypes, toPlain, type Plain } from './schema.js';
import type { System } from './system.js';

/** Silence after which a stream counts as quiet, in ms. */
const QUIET_MS = 200;

/** The outcome of a stream with this first request: its answers until it was quiet, and its end, if any. */
export async function streamVerdict(system: System, { method, body }: BadInput, shown: number): Promise<Verdict> {
  const { path, response, requestStream } = methodTypes(method);
  const client = rawClient(system.endpoint);
  const call = client.makeBidiStreamRequest(path, asBytes, asBytes);
  const said: string[] = [];
  const over = new Promise<void>((resolve) => {
    call.on('data', (bytes: Buffer) => {
      said.push(wordsOf(method, toPlain(response, bytes)));
      // The rest of a snapshot or a range is ignored.
      if (!requestStream) resolve();
    });
    call.on('error', ({ code, details }: ServiceError) => {
      said.push(`${code} ${details.slice(0, shown)}`);
      resolve();
    });
    call.on('end', resolve);
  });
  call.write(Buffer.from(body));
  if (!requestStream) call.end();
  await Promise.race([over, delay(QUIET_MS)]);
  call.cancel();
  await over;
  client.close();
  // A stream that continued is ended by the test.
  return said.map((words) => words.replace(/^1 Cancelled on client$/, 'continues')).join(', ');
}

/** The part of an answer that does not depend on earlier calls. */
function wordsOf(method: string, answer: Plain): string {
  if (method === 'Watch/Watch') {
    const { watchId, created, canceled, cancelReason, compactRevision } = answer;
    const isCompacted = compactRevision === undefined ? undefined : true;
    const words = { watchId, created, canceled, cancelReason, isCompacted };
    return JSON.stringify(words);
  }
  if (method === 'Lease/LeaseKeepAlive') return JSON.stringify({ ID: answer['ID'], TTL: answer['TTL'] });
  return 'an answer';
}
