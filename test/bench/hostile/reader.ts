import { credentials } from '@grpc/grpc-js';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { rawCall, rawClient } from '../../support/raw-client.js';
import { serveHelper, spreadOf, type Spread, type Target } from './helper.js';

// The process of a normal client: point reads, one after another, on one connection or on a new one for each.

export interface Reading {
  /** In ms. */
  readonly forMs: number;
  /** Whether each read opens its own connection. */
  readonly connects: boolean;
}

/** Between two reads, in ms: the client waits for answers, and not for a processor. */
const PAUSE_MS = 2;
const KEY = Buffer.from('key');

serveHelper(async (question, target): Promise<Spread> => {
  const { forMs, connects } = question as Reading;
  const shared = open(target);
  const read = async (client: typeof shared): Promise<void> => {
    const body = etcdserverpb.RangeRequest.encode({ key: KEY }).finish();
    const metadata = target.token === undefined ? {} : { token: target.token };
    const { code, details } = await rawCall(client, '/etcdserverpb.KV/Range', body, { metadata, timeoutMs: 30_000 });
    if (code !== 0) throw new Error(`a read failed: ${code} ${details}`);
  };
  for (let warm = 0; warm < 200; warm++) await read(shared);
  const durations: number[] = [];
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) {
    const beganMs = performance.now();
    const client = connects ? open(target) : shared;
    await read(client);
    durations.push(performance.now() - beganMs);
    if (connects) client.close();
    await sleep(PAUSE_MS);
  }
  shared.close();
  return spreadOf(durations);
});

function open({ port, ca }: Target): ReturnType<typeof rawClient> {
  return rawClient(`127.0.0.1:${port}`, {}, ca === undefined ? undefined : credentials.createSsl(Buffer.from(ca)));
}
