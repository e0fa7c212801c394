import type { Client } from '@grpc/grpc-js';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Answer,
  type Ask,
  answersOf,
  askGateway,
  askGrpc,
  isOnGateway,
  titleOf,
} from '../../server/auth/matrix-answers.js';
import { expiredToken, prepareMatrix } from '../../server/auth/matrix-callers.js';
import { type Row, ROWS } from '../../server/auth/matrix-rows.js';
import { etcdProgram } from '../../support/etcd-programs.js';
import { poll } from '../../support/poll.js';
import { rawCall, rawClient } from '../../support/raw-client.js';
import { freePorts, ServerProcess } from '../../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { Counts } from '../differential/compare.js';
import { knownDifference, KNOWN } from './matrix-known.js';

/** etcd's tokens: with simple ones that last, with simple ones of a second, and with signed ones. */
const KINDS = ['simple', 'expiring', 'signed'] as const;
type Kind = (typeof KINDS)[number];

/**
 * Asks etcd every row of the matrix of RPCs and callers, over gRPC and over its gateway. `make test` asks raftkv the same rows, so
 * that both have the answers of the rows, but for the differences that are known by name.
 */
export async function compareMatrix(): Promise<Counts> {
  const found = (await Promise.all(KINDS.map(answersOfEtcd))).flat();
  const seen = new Set<string>();
  let failed = 0;
  for (const { kind, answer } of found) {
    const known = knownDifference(answer);
    if (known !== undefined) seen.add(known);
    if (answer.found === answer.expected || known !== undefined) continue;
    failed += 1;
    console.log(`FAIL  ${kind}: ${titleOf(answer)}\n  expected ${answer.expected}\n  etcd     ${answer.found}`);
  }
  for (const trouble of untold(seen)) {
    failed += 1;
    console.log(`FAIL  ${trouble}`);
  }
  console.log(`${found.length} answers of etcd to the matrix of RPCs and callers; known differences:`);
  for (const name of seen) console.log(`      ${name}`);
  return { passed: found.length - failed, failed };
}

/** Known differences that no answer has any more, or of which the documentation does not tell. */
function untold(seen: ReadonlySet<string>): readonly string[] {
  const page = readFileSync(new URL('../../../docs/DIVERGENCE.md', import.meta.url), 'utf8');
  return KNOWN.flatMap(({ name, isDocumented }) => [
    ...(seen.has(name) ? [] : [`etcd no longer differs in: ${name}`]),
    ...(!isDocumented || page.includes(`| ${name} |`) ? [] : [`docs/DIVERGENCE.md has no line: ${name}`]),
  ]);
}

/** Without the RPCs of raftkv's own. */
const ETCD_ROWS = ROWS.filter(({ path }) => !path.startsWith('raftkvpb.'));

async function answersOfEtcd(kind: Kind): Promise<readonly { readonly kind: string; readonly answer: Answer }[]> {
  const etcd = new Etcd(kind, await freePorts(2));
  try {
    await etcd.ready();
    const tokens =
      kind === 'expiring'
        ? new Map([['expired token', await expiredToken(etcd.client)]])
        : await prepareMatrix(etcd.client, etcd.key);
    const overGrpc = await answersOfRows(askGrpc(etcd.client), tokens, ETCD_ROWS);
    const overGateway = await answersOfRows(askGateway(etcd.url), tokens, ETCD_ROWS.filter(isOnGateway));
    return [
      ...overGrpc.map((answer) => ({ kind: `gRPC, ${kind} tokens`, answer })),
      ...overGateway.map((answer) => ({ kind: `gateway, ${kind} tokens`, answer })),
    ];
  } finally {
    await etcd.dispose();
  }
}

/** etcd admits stale tokens of root to some RPCs: those that would end the comparison are not asked with one. */
async function answersOfRows(
  ask: Ask,
  tokens: ReadonlyMap<string, string>,
  rows: readonly Row[],
): Promise<readonly Answer[]> {
  const others = new Map([...tokens].filter(([caller]) => caller !== 'stale token'));
  const isHarmless = ({ exceptRoot }: Row): boolean => exceptRoot !== true;
  const harmful = rows.filter((row) => !isHarmless(row));
  return [
    ...(await answersOf(ask, tokens, rows.filter(isHarmless), 'in turn')),
    ...(await answersOf(ask, others, harmful, 'in turn')),
  ];
}

/** One member of etcd. */
class Etcd {
  readonly url: string;
  readonly client: Client;
  /** What tokens are signed with; undefined for simple tokens. */
  readonly key: KeyObject | undefined;
  readonly #folder: string;
  readonly #process: ServerProcess;

  constructor(kind: Kind, [port, peerPort]: readonly number[]) {
    this.#folder = makeTemporaryFolder('matrix');
    this.url = `http://127.0.0.1:${port}`;
    this.client = rawClient(`127.0.0.1:${port}`);
    const peerUrl = `http://127.0.0.1:${peerPort}`;
    this.key = kind === 'signed' ? this.#writeKeys() : undefined;
    const flags = {
      name: 'n1',
      'data-dir': join(this.#folder, 'data'),
      'listen-client-urls': this.url,
      'advertise-client-urls': this.url,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'initial-cluster': `n1=${peerUrl}`,
      'bcrypt-cost': '4',
      'log-level': 'error',
      ...(kind === 'expiring' && { 'auth-token-ttl': '1' }),
      ...(kind === 'signed' && {
        'auth-token': `jwt,sign-method=RS256,pub-key=${this.#file('public')},priv-key=${this.#file('private')}`,
      }),
    };
    const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    this.#process = new ServerProcess([etcdProgram('etcd'), ...words], this.#folder);
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.pem`);
  }

  #writeKeys(): KeyObject {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(this.#file('private'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
    writeFileSync(this.#file('public'), publicKey.export({ type: 'spki', format: 'pem' }));
    return privateKey;
  }

  async ready(): Promise<void> {
    await poll('etcd', async () => {
      const { code } = await rawCall(this.client, '/etcdserverpb.Cluster/MemberList', Buffer.of(8, 1));
      return code === 0 || undefined;
    });
  }

  async dispose(): Promise<void> {
    this.client.close();
    if (this.#process.running) this.#process.signal('SIGKILL');
    await this.#process.exited;
    removeFolder(this.#folder);
  }
}
