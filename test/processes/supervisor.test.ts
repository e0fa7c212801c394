import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { poll } from '../support/poll.js';
import { freePorts, RAFTKV, ServerProcess } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

/** Prints each datagram on one line; closes the descriptor by which systemd-notify waits. */
const LISTENER = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, 1024)
    for _, kind, fds in ancillary:
        if kind == socket.SCM_RIGHTS:
            for fd in array.array('i', fds): os.close(fd)
    print(data.decode().replace('\\n', '|'), flush=True)
`;

async function installed(program: string): Promise<boolean> {
  return await promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false,
  );
}

/** Under systemd with Type=notify a start never completed, as nothing answered on NOTIFY_SOCKET. */
describe('raftkv serve under a supervisor', function () {
  this.timeout(300_000);
  let folder: string;
  let member: ServerProcess | undefined;

  beforeEach(() => {
    folder = makeTemporaryFolder('supervisor');
  });

  afterEach(async () => {
    await member?.kill();
    member = undefined;
    removeFolder(folder);
  });

  async function serve(flags: readonly string[], variables: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const [clientPort, peerPort] = await freePorts(2);
    const command = [...RAFTKV, 'serve', '--data-dir', join(folder, 'data')];
    command.push('--listen-client-urls', `http://127.0.0.1:${clientPort}`);
    command.push('--listen-peer-urls', `http://127.0.0.1:${peerPort}`, ...flags);
    member = new ServerProcess(command, folder, variables);
    return member;
  }

  describe('that listens on NOTIFY_SOCKET', () => {
    let listener: ReturnType<typeof spawn> | undefined;
    let received: string;
    let socket: string;

    beforeEach(async function () {
      if (!(await installed('systemd-notify')) || !(await installed('python3'))) this.skip();
      socket = join(folder, 'notify.sock');
      writeFileSync(join(folder, 'listener.py'), LISTENER);
      received = '';
      const child = spawn('python3', [join(folder, 'listener.py'), socket], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.on('data', (chunk: Buffer) => (received += String(chunk)));
      listener = child;
      await poll('the listener', () => received.includes('listening') || undefined);
    });

    afterEach(async () => {
      if (listener === undefined) return;
      listener.kill();
      await once(listener, 'close');
      listener = undefined;
    });

    it('reports READY=1 when it serves and STOPPING=1 when it stops', async () => {
      const process = await serve([], { NOTIFY_SOCKET: socket });
      await poll('READY=1', () => received.includes('READY=1') || undefined, 20_000);
      expect(received).to.match(/READY=1\|STATUS=serving on http:\/\/127\.0\.0\.1:\d+/);
      expect(process.stderr.filter((line) => line.includes('serving'))).to.have.length(1);
      process.signal('SIGTERM');
      expect(await process.exited).to.deep.equal({ code: 0, signal: null });
      await poll('STOPPING=1', () => received.includes('STOPPING=1') || undefined);
      // systemd-notify names the process too, and ends with a barrier.
      expect(received.match(/^(?:MAINPID=\d+\|)?STOPPING=1$/gm), received).to.have.length(1);
    });

    it('reports READY=1 after a while if it finds no leader, with that as its status', async () => {
      const peers = 'default=http://127.0.0.1:1,n2=http://127.0.0.1:2';
      await serve(
        [
          '--initial-cluster',
          peers,
          '--initial-advertise-peer-urls=http://127.0.0.1:1',
          '--wait-cluster-ready-timeout=100ms',
        ],
        { NOTIFY_SOCKET: socket },
      );
      await poll('READY=1', () => received.includes('READY=1') || undefined, 20_000);
      expect(received).to.contain('STATUS=waiting for a leader');
    });
  });

  it('logs one line per leader change, with times, levels and its name, and no warning on a clean stop', async () => {
    const log = join(folder, 'log');
    const process = await serve(['--name=n1', '--log-format=json', `--log-outputs=${log},stderr`], {});
    await poll('it to serve', () => process.stderr.some((line) => line.includes('"serving"')) || undefined, 20_000);
    process.signal('SIGTERM');
    expect(await process.exited).to.deep.equal({ code: 0, signal: null });
    expect(readFileSync(log, 'utf8').trim().split('\n')).to.deep.equal(process.stderr);
    const lines = process.stderr.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const { time, level, name } of lines) {
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect([level, name]).to.deep.equal(['info', 'n1']);
    }
    expect(lines.filter(({ msg }) => /leader/.test(String(msg)))).to.have.length(1);
    expect(lines.at(-1)?.['msg']).to.equal('stopped');
  });

  it('logs the local time with the offset of its zone as text', async () => {
    const process = await serve([], { TZ: 'Asia/Kolkata' });
    await poll('it to serve', () => process.stderr.some((line) => line.includes('serving')) || undefined, 20_000);
    for (const line of process.stderr) {
      expect(line).to.match(/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+05:30\] INFO \(default\): /);
    }
  });
});
