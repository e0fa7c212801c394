import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '../../../src/client/index.js';
import { assert } from '../../../src/util/assert.js';
import { CA, SERVER } from '../../support/client-certificates.js';
import type { Counts } from '../differential/compare.js';
import { SecureMember } from '../users/secure-member.js';

// The tests of the npm package `etcd3`, which its package contains in compiled form. The registry serves it and what it needs.

const VERSION = '1.0.2';

/** The releases of its time: later ones of some are ES modules, which it cannot load. */
const PACKAGES: Readonly<Record<string, string>> = {
  etcd3: VERSION,
  '@grpc/grpc-js': '1.1.7',
  chai: '4.5.0',
  'chai-as-promised': '7.1.2',
  'chai-subset': '1.6.0',
  mocha: '8.4.0',
  sinon: '9.2.4',
};

const FOLDER = fileURLToPath(new URL(`../../../.etcd/etcd3-suite-${VERSION}`, import.meta.url));
const LIB = join(FOLDER, 'node_modules/etcd3/lib');
const TESTS = join(LIB, 'src/test');
/** Written last, with the edits: a preparation that was interrupted, or had others, is repeated from the beginning. */
const PREPARED = join(FOLDER, 'prepared');

const PASSWORD = 'password';

/** A way of running the tests. */
interface Variant {
  readonly name: string;
  readonly isPlain: boolean;
  /** Whether authentication is enabled before the tests, and all of them call as root. */
  readonly asRoot: boolean;
  readonly passed: number;
  readonly pending: number;
}

/**
 * Tests that are left out if authentication is enabled already: those of roles enable it themselves, and those of watches fail with
 * etcd too, as this client sends no token with a watch before its first call.
 */
const NOT_AS_ROOT: readonly string[] = ['roles.test.js', 'watch.test.js'];

const VARIANTS: readonly Variant[] = [
  { name: 'over TLS', isPlain: false, asRoot: false, passed: 143, pending: 2 },
  { name: 'over plain TCP', isPlain: true, asRoot: false, passed: 143, pending: 2 },
  { name: 'over TLS as root', isPlain: false, asRoot: true, passed: 118, pending: 0 },
];

type Edits = readonly (readonly [from: string, to: string])[];

/**
 * Replacements in its helper, which knows TLS without users alone. Its tests of leases move a fake clock by 20 s, and grpc-js waits as
 * long for the answer to the ping that precedes a call: on a busy machine they drop the connection, with etcd too. So that wait is long.
 */
const HELPER_EDITS: Edits = [
  [
    'credentials: { rootCertificate },',
    `grpcOptions: { 'grpc.keepalive_timeout_ms': 86_400_000 },
    ...(process.env.PLAIN ? {} : { credentials: { rootCertificate } }),
    ...(process.env.AS_ROOT ? { auth: { username: 'root', password: '${PASSWORD}' } } : {}),`,
  ],
  ['tls.createServer({', "(process.env.PLAIN ? require('net') : tls).createServer({"],
  ['tls.connect(Number(etcdSourcePort), etcdSourceHost, {', 'connect(Number(etcdSourcePort), etcdSourceHost, {'],
  [
    'class Proxy {',
    `const connect = (port, host, options, onConnect) =>
  process.env.PLAIN ? require('net').connect(port, host, onConnect) : tls.connect(port, host, options, onConnect);
class Proxy {`,
  ],
];

/** A test of leases listens for the loss of a lease only after it may have been reported: it failed with etcd too. */
const LEASE_EDITS: Edits = [
  [
    "it('tears down if the lease gets revoked', async () => {",
    "it('tears down if the lease gets revoked', async () => { const lost = util_1.onceEvent(lease, 'lost');",
  ],
  ["await util_1.onceEvent(lease, 'lost')).to.be.an.instanceof(__1", 'await lost).to.be.an.instanceof(__1'],
];

/** Runs the tests of `etcd3` against a member of raftkv in each way. */
export async function runEtcd3Suite(system: 'raftkv' | 'etcd' = 'raftkv'): Promise<Counts> {
  const problem = prepare();
  if (problem !== undefined) return skipped(problem);
  let [passed, failed] = [0, 0];
  for (const variant of VARIANTS) {
    const counts = await runVariant(system, variant);
    passed += counts.passed;
    failed += counts.failed;
  }
  return { passed, failed };
}

/** Without the package there is nothing to run: a failure in CI, unless the registry is out of reach. */
function skipped(problem: string): Counts {
  const isReachable =
    spawnSync('npm', ['ping', '--fetch-retries=0'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
  const isFailure = process.env['CI'] === 'true' && isReachable;
  const what = `the tests of etcd3 ${VERSION} (npm)`;
  console.log(`${isFailure ? 'FAIL  ' : 'skipped '}${what}: npm cannot install them: ${problem}`);
  return { passed: 0, failed: isFailure ? 1 : 0 };
}

/** Fetches the package and its certificates, once. @returns why that failed */
function prepare(): string | undefined {
  const edits = JSON.stringify([HELPER_EDITS, LEASE_EDITS]);
  if (existsSync(PREPARED) && readFileSync(PREPARED, 'utf8') === edits) return undefined;
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
  try {
    const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    // A registry that is out of reach is noticed within seconds.
    const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
    execFileSync('npm', [...words, ...patience], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 180_000,
    });
  } catch (error) {
    const said = String((error as { readonly stderr?: Buffer }).stderr ?? '').trim();
    return said.split('\n')[0] || String(error);
  }
  cpSync(join(LIB, '../proto'), join(LIB, 'proto'), { recursive: true });
  for (const [path, text] of [
    ['certs/certs/ca.crt', CA],
    ['certs/certs/etcd0.localhost.crt', SERVER.cert],
    ['certs/private/etcd0.localhost.key', SERVER.key],
  ] as const) {
    mkdirSync(join(TESTS, path, '..'), { recursive: true });
    writeFileSync(join(TESTS, path), text);
  }
  edit('util.js', HELPER_EDITS);
  edit('lease.test.js', LEASE_EDITS);
  writeFileSync(PREPARED, edits);
  return undefined;
}

function edit(file: string, edits: Edits): void {
  const path = join(TESTS, file);
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of edits) {
    assert(text.split(from).length === 2, `${file} of etcd3 has this once: ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(path, text);
}

async function runVariant(system: 'raftkv' | 'etcd', { name, isPlain, asRoot, ...expected }: Variant): Promise<Counts> {
  const member = await SecureMember.start(system, { tokenSeconds: 300 });
  try {
    if (asRoot) await enableRoot(member);
    const found = await tell(asRoot, {
      ...process.env,
      ETCD_ADDR: isPlain ? member.plain : member.secure,
      ETCD_VERSION: '3.5.0',
      PLAIN: isPlain ? '1' : '',
      AS_ROOT: asRoot ? '1' : '',
    });
    const { passed, pending, failures } = found;
    const wrong = passed === expected.passed && pending === expected.pending ? [] : ['not the expected numbers'];
    const all = [...failures, ...wrong];
    console.log(
      `${all.length === 0 ? 'ok   ' : 'FAIL '} the tests of etcd3 (npm) ${name}: ${passed} passing, ${pending} pending`,
    );
    for (const failure of all) console.log(`  ${failure}`);
    return { passed, failed: all.length };
  } finally {
    await member.dispose();
  }
}

async function enableRoot({ plain }: SecureMember): Promise<void> {
  await using client = new Client({ endpoints: [plain] });
  await client.auth.roleAdd('root');
  await client.auth.userAdd('root', { password: PASSWORD });
  await client.auth.userGrantRole('root', 'root');
  await client.auth.enable();
}

interface Told {
  readonly passed: number;
  readonly pending: number;
  readonly failures: readonly string[];
}

/** Runs the tests, and reads their results in TAP. */
async function tell(asRoot: boolean, env: NodeJS.ProcessEnv): Promise<Told> {
  const files = readdirSync(TESTS).filter(
    (file) => file.endsWith('.test.js') && !(asRoot && NOT_AS_ROOT.includes(file)),
  );
  const words = [
    '--no-config',
    '--require',
    join(TESTS, '_setup.js'),
    '--timeout',
    '10000',
    '--exit',
    '--reporter',
    'tap',
  ];
  const child = spawn(
    process.execPath,
    [join(FOLDER, 'node_modules/mocha/bin/_mocha'), ...words, ...files.map((file) => join(TESTS, file))],
    { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'ignore'], timeout: 300_000 },
  );
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  let [passed, pending] = [0, 0];
  const failures: string[] = [];
  let isReason = false;
  for await (const line of createInterface({ input: child.stdout })) {
    // A failure is followed by its reason.
    if (isReason) failures[failures.length - 1] += `: ${line.trim()}`;
    isReason = /^not ok \d+ /.test(line);
    if (/^ok \d+ .* # SKIP/.test(line)) pending += 1;
    else if (/^ok \d+ /.test(line)) passed += 1;
    else if (isReason) failures.push(line);
  }
  const code = await ended;
  if (code !== failures.length) failures.push(`the tests ended with ${code}`);
  return { passed, pending, failures };
}
