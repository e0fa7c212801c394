import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { randomInteger } from '../../../src/util/random.js';

const LEAST_PORT = 10_240;
const RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range';
/** Linux's default, for other systems. */
const FIRST_OUTGOING = 32_768;
const TRIES = 200;

/**
 * Free ports below those that the system gives to outgoing connections. A port above could be taken by one of the many
 * connections of a run, before its member listens there or while it is down.
 * @throws Error if there are hardly any free ports
 */
export async function quietPorts(count: number): Promise<number[]> {
  const end = firstOutgoingPort();
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > TRIES) throw new Error(`no free ports from ${LEAST_PORT} to ${end}`);
    // Not by the seed: runs at the same time must not choose the same.
    const port = randomInteger({ next: Math.random }, LEAST_PORT, end);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function firstOutgoingPort(): number {
  let text: string;
  try {
    text = readFileSync(RANGE_FILE, 'latin1');
  } catch {
    return FIRST_OUTGOING; // not Linux
  }
  const first = Number(text.split(/\s/)[0]);
  return first > LEAST_PORT + TRIES ? first : FIRST_OUTGOING;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
