import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { Client, RaftKvError } from '../src/client/index.js';
import { asError } from '../src/util/error.js';
import { clusterCertificates, tlsOf } from './certificates.js';
import { Launcher } from './launcher.js';
import { clientEndpoint, MEMBERS, serveArguments } from './members.js';
import type { Member } from './members.js';
import { findBusyPort, findLeader } from './probe.js';
import { enableAuth, rootUser } from './root-user.js';
import { welcome } from './welcome.js';

// `make cluster` runs three nodes on this machine, in the foreground.

const ROOT = join(import.meta.dirname, '..');
const RESTART_DELAY_MS = 1000;
const NO_LEADER = 'they did not agree on a leader';
const COLOURS = ['cyan', 'yellow', 'magenta'] as const;

const options = new Command('make cluster')
  .description('Runs a cluster of three raftkv nodes on this machine, in the foreground, until Ctrl-C.')
  .option('--data-dir <folder>', 'folder for the data of the nodes', join(ROOT, 'cluster', 'data'))
  .option('--no-restart', 'do not restart a node that was killed')
  .option('--tls', 'use TLS for clients and between the nodes, with certificates made for the purpose', false)
  .option('--auth', 'enable authentication, with a user root whose password is made for the purpose', false)
  .parse()
  .opts<{ dataDir: string; restart: boolean; tls: boolean; auth: boolean }>();

// With TLS the data has other peer URLs, and with authentication it has users.
const kind = [options.tls ? 'tls' : '', options.auth ? 'auth' : ''].filter((word) => word !== '').join('-');
const dataRoot = join(options.dataDir, kind);
const certificates = options.tls ? await clusterCertificates(join(dataRoot, 'certs'), MEMBERS) : undefined;

const root = options.auth ? rootUser(dataRoot) : undefined;
const tls = tlsOf(certificates);
const client = new Client({
  endpoints: MEMBERS.map(clientEndpoint),
  ...(tls && { tls }),
  ...(root && { user: root.user, password: root.password }),
});

const coloured = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
  coloured ? styleText(format, text, { validateStream: false }) : text;

const width = Math.max(...MEMBERS.map((member) => member.name.length));
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (line: string): void => print(`${paint('bold', 'cluster'.padEnd(width))} | ${line}`);
const printLine = (member: Member, line: string): void => {
  const colour = COLOURS[MEMBERS.indexOf(member) % COLOURS.length] ?? 'white';
  print(`${paint(colour, member.name.padEnd(Math.max(width, 'cluster'.length)))} | ${line}`);
};

const commandOf = (member: Member): string[] => {
  const dataDir = join(dataRoot, member.name);
  const program = relative(process.cwd(), join(ROOT, 'dist', 'cli', 'main.js'));
  return [
    'node',
    program,
    ...serveArguments({ member, members: MEMBERS, dataDir, token: 'make-cluster', certificates }),
  ];
};

const greet = (leader: Member): void => {
  const [headline, ...rest] = welcome({
    members: MEMBERS,
    leader,
    pidOf: (member) => launcher.pid(member),
    program: commandOf(leader).slice(0, 2).join(' '),
    dataDir: relative(process.cwd(), dataRoot),
    certificates,
    root: root && { ...root, file: relative(process.cwd(), root.file) },
    restartDelayMs: options.restart ? RESTART_DELAY_MS : undefined,
  });
  say(paint('green', headline));
  for (const line of rest) say(line);
};

let notReadyReason = NO_LEADER;
let prepared = false;
let failed = false;
/** The leader, once root can log in. */
const preparedLeader = async (needed: number): Promise<Member | undefined> => {
  try {
    if (root !== undefined && !prepared) {
      await enableAuth(client, root);
      notReadyReason = NO_LEADER;
    }
    prepared = true;
  } catch (error) {
    // The nodes are not up yet, have no leader, or take longer to hash a password.
    if (error instanceof RaftKvError) {
      notReadyReason = `root could not be prepared: ${error.message}`;
      return undefined;
    }
    failed = true;
    say(asError(error).message);
    launcher.stop();
    return undefined;
  }
  return findLeader(MEMBERS, needed, client);
};

const launcher = new Launcher({
  members: MEMBERS,
  commandOf,
  findLeader: preparedLeader,
  notReadyReason: () => notReadyReason,
  onLine: printLine,
  say,
  onReady: greet,
  restart: options.restart,
  restartDelayMs: RESTART_DELAY_MS,
  readyLimitMs: 60_000,
  leaderPollMs: 1000,
  stopLimitMs: 10_000,
});

const busy = await findBusyPort(MEMBERS.flatMap(({ clientPort, peerPort }) => [clientPort, peerPort]));
if (busy !== undefined) {
  process.stderr.write(`cluster: port ${busy} is in use: is another cluster, or etcd, running on this machine?\n`);
  process.exit(1);
}

mkdirSync(dataRoot, { recursive: true });
// A second Ctrl-C does not wait for a clean stop.
process.on('SIGINT', () => (launcher.stopping ? launcher.killAll() : launcher.stop()));
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => launcher.stop());
// The terminal or the reader of a pipe is gone.
process.stdout.on('error', () => launcher.stop());
// No node outlives this process, however it ends.
process.on('exit', () => launcher.killAll());

await launcher.run();
const exitCode = await launcher.closed;
await client.close();
process.exitCode = failed ? 1 : exitCode;
