import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { serveArguments } from '../../../cluster/members.js';
import { TestAuthority } from '../../support/certificates.js';
import { poll } from '../../support/poll.js';
import { rawCall, rawClient } from '../../support/raw-client.js';
import { freePorts, RAFTKV, ServerProcess } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { credentials, type Client } from '@grpc/grpc-js';
import type { Attacked } from './handshakes.js';
import { Helper, type Spread, type Target } from './helper.js';
import type { LoggedIn } from './log-ins.js';

// `make bench-hostile`: the latency of a normal client alone, and beside clients that cost the member much. One member with TLS;
// each side runs in a process of its own. ONLY=handshakes or ONLY=log-ins; SECONDS= of each measurement (8); ROUNDS= (2).

const SECONDS = Number(process.env['SECONDS'] || 8);
const ROUNDS = Number(process.env['ROUNDS'] || 2);
const only = process.env['ONLY'] ?? '';
const CONNECTIONS = 1_000;
const LOG_INS = 50;
const PASSWORD = 'correct horse battery staple';

const p = etcdserverpb;
const authority = await TestAuthority.create();
const { certFile, keyFile } = await authority.issue();
const folder = makeTemporaryFolder('bench-hostile');
const [port = 0, peerPort = 0] = await freePorts(2);
const server = startServer();
const client: Client = rawClient(`127.0.0.1:${port}`, {}, credentials.createSsl(Buffer.from(authority.ca)));
try {
  await poll('the member to serve', async () => (await call('KV/Put', put()))?.code === 0 || undefined);
  if (only !== 'log-ins') await besideHandshakes();
  if (only !== 'handshakes') await besideLogIns();
} finally {
  client.close();
  await server.kill();
  removeFolder(folder);
}

function startServer(): ServerProcess {
  const member = { name: 'n1', clientPort: port, peerPort };
  const args = serveArguments({ member, members: [member], dataDir: join(folder, 'data'), token: 'bench' });
  const urls = [
    '--listen-client-urls',
    `https://127.0.0.1:${port}`,
    '--advertise-client-urls',
    `https://127.0.0.1:${port}`,
  ];
  return new ServerProcess([...RAFTKV, ...args, ...urls, '--cert-file', certFile, '--key-file', keyFile], folder);
}

async function besideHandshakes(): Promise<void> {
  const target: Target = { port, ca: authority.ca, token: undefined };
  const reader = await Helper.start('reader.ts', target);
  for (let round = 0; round < ROUNDS; round++) {
    await measure(reader, `alone, round ${round + 1}`);
    const attacker = await Helper.start('handshakes.ts', target);
    const { opened } = await attacker.ask<Attacked>({ connections: CONNECTIONS });
    await sleep(2_000);
    await measure(reader, `beside ${CONNECTIONS} unfinished handshakes`);
    const after = await attacker.ask<Attacked>({ connections: CONNECTIONS });
    console.log(`  (connections of the attacker: ${opened}, ${after.opened} with those that replaced closed ones)`);
    await attacker.stop();
    await sleep(1_000);
  }
  await reader.stop();
}

async function besideLogIns(): Promise<void> {
  await must('Auth/UserAdd', p.AuthUserAddRequest.encode({ name: 'root', password: PASSWORD }).finish());
  await must('Auth/RoleAdd', p.AuthRoleAddRequest.encode({ name: 'root' }).finish(), true);
  await must('Auth/UserGrantRole', p.AuthUserGrantRoleRequest.encode({ user: 'root', role: 'root' }).finish());
  await must('Auth/AuthEnable', new Uint8Array());
  const body = await must(
    'Auth/Authenticate',
    p.AuthenticateRequest.encode({ name: 'root', password: PASSWORD }).finish(),
  );
  const target: Target = { port, ca: authority.ca, token: p.AuthenticateResponse.decode(body).token };
  const reader = await Helper.start('reader.ts', target);
  for (let round = 0; round < ROUNDS; round++) {
    await measure(reader, `alone, round ${round + 1}`);
    const clients = await Helper.start('log-ins.ts', target);
    const logIns = { atOnce: LOG_INS, name: 'root', password: PASSWORD };
    const before = await clients.ask<LoggedIn>(logIns);
    await sleep(1_000);
    const beganMs = performance.now();
    await measure(reader, `beside ${LOG_INS} concurrent log-ins`);
    const after = await clients.ask<LoggedIn>(logIns);
    const rate = ((after.answered - before.answered) * 1_000) / (performance.now() - beganMs + 1_000);
    console.log(`  (${rate.toFixed(1)} log-ins per second)`);
    await clients.stop();
    await sleep(1_000);
  }
  await reader.stop();
}

async function measure(reader: Helper, what: string): Promise<void> {
  for (const connects of [false, true]) {
    const { count, p50, p99, max } = await reader.ask<Spread>({ forMs: SECONDS * 1_000, connects });
    const kind = connects ? 'connection and read' : 'read';
    const figures = [p50, p99, max].map((ms) => ms.toFixed(2));
    console.log(`${what}: ${kind}: p50 ${figures[0]}, p99 ${figures[1]}, max ${figures[2]} ms (${count})`);
  }
}

function put(): Uint8Array {
  return p.PutRequest.encode({ key: Buffer.from('key'), value: Buffer.alloc(256) }).finish();
}

function call(path: string, body: Uint8Array): ReturnType<typeof rawCall> {
  return rawCall(client, `/etcdserverpb.${path}`, body, { timeoutMs: 10_000 });
}

async function must(path: string, body: Uint8Array, mayExist = false): Promise<Buffer> {
  const { code, details, body: answer } = await call(path, body);
  if (code !== 0 && !mayExist) throw new Error(`${path}: ${code} ${details}`);
  return answer;
}
