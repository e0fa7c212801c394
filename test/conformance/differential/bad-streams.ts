import type { ServiceError } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { asBytes, rawClient } from '../../support/raw-client.js';
import type { BadInput } from './bad-input.js';
import type { Verdict } from './known.js';
import { methodTypes, toPlain, type Plain } from './schema.js';
import type { System } from './system.js';

/** How long a stream that says nothing more is listened to, in ms. */
const QUIET_MS = 200;

/** What a stream came to whose first request this is: what it said until it was quiet, and how it ended if it did. */
export async function streamVerdict(system: System, { method, body }: BadInput, shown: number): Promise<Verdict> {
  const { path, response, requestStream } = methodTypes(method);
  const client = rawClient(system.endpoint);
  const call = client.makeBidiStreamRequest(path, asBytes, asBytes);
  const said: string[] = [];
  const over = new Promise<void>((resolve) => {
    call.on('data', (bytes: Buffer) => {
      said.push(wordsOf(method, toPlain(response, bytes)));
      // The rest of a snapshot, or of a range, is of no interest.
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
  // Of a stream that went on, the end is ours.
  return said.map((words) => words.replace(/^1 Cancelled on client$/, 'goes on')).join(', ');
}

/** Of an answer, what does not depend on what was done before. */
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
