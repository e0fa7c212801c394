import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConnectionBound, type ConnectionBoundOptions } from '../../../src/server/startup/connection-bound.js';
import { Listeners } from '../../../src/server/startup/listeners.js';
import { defined } from '../../../src/util/assert.js';
import { poll } from '../../support/poll.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';

describe('Listeners', () => {
  const logger = new RecordingLogger();
  const clients: Socket[] = [];
  let listeners: Listeners;
  let bound: ConnectionBound;

  async function bind(options: Pick<ConnectionBoundOptions, 'max' | 'yields' | 'rate'>): Promise<void> {
    logger.lines.length = 0;
    bound = new ConnectionBound({ ...options, port: 'client', logger });
    listeners = await Listeners.bind({ flag: 'listen-client-urls', urls: ['http://127.0.0.1:0'], bound });
  }

  /** A connection that has sent a number of bytes, all read by the server. */
  async function open(bytes: number, localAddress = '127.0.0.1'): Promise<Socket> {
    const client = connect({ port: port(), host: '127.0.0.1', localAddress });
    clients.push(client);
    client.on('error', () => undefined);
    client.resume();
    await once(client, 'connect');
    if (bytes > 0) client.write(Buffer.alloc(bytes));
    return client;
  }

  const port = (): number => Number(new URL(defined(listeners.urls[0], 'a URL')).port);

  /** Accepted sockets in order, each being read. */
  function accept(): Socket[] {
    const accepted: Socket[] = [];
    listeners.serve((socket) => accepted.push(socket.resume()));
    return accepted;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await listeners.close();
  });

  // A watch over HTTP of a client whose machine vanished without a FIN was kept until the next event.
  it('have the system probe silent connections', async function () {
    if (process.platform !== 'linux') this.skip();
    await bind({ max: 10, yields: 'silent' });
    const accepted = accept();
    const client = await open(0);
    await poll('the connection', () => accepted[0]);
    const timer = await poll('its entry', () => timerOf(port(), client.localPort ?? 0));
    expect(timer.kind, 'the timer of keep-alives').to.equal('02');
    expect(timer.leftMs).to.be.within(1, 30_000);
  });

  it('close a new connection at the bound, count it and log it once', async () => {
    await bind({ max: 2, yields: 'silent' });
    const accepted = accept();
    const kept = [await open(1), await open(1)];
    await poll('both to be read', () => (accepted.length === 2 && accepted.every((s) => s.bytesRead > 0)) || undefined);
    for (let i = 0; i < 3; i++) await once(await open(1), 'close');
    expect(kept.map(({ destroyed }) => destroyed)).to.deep.equal([false, false]);
    expect({ open: bound.open, rejected: bound.rejected }).to.deep.equal({ open: 2, rejected: 3 });
    expect(logger.lines).to.deep.equal([
      { level: 'warn', message: 'too many connections: rejecting some', fields: { port: 'client', max: 2 } },
    ]);
    defined(kept[0], 'a connection').destroy();
    await poll('its end', () => bound.open === 1 || undefined);
    const next = await open(1);
    await poll('the next one', () => accepted.length === 3 || undefined);
    expect(next.destroyed).to.equal(false);
  });

  it('close the oldest connection that has sent nothing in favour of a new one', async () => {
    await bind({ max: 3, yields: 'silent' });
    const accepted = accept();
    const spoken = await open(1);
    await poll('its byte', () => accepted[0]?.bytesRead || undefined);
    const silent = [await open(0), await open(0)];
    await poll('all', () => accepted.length === 3 || undefined);
    const ends = silent.map((socket) => once(socket, 'close'));
    const first = await open(1);
    await ends[0];
    const second = await open(1);
    await ends[1];
    await poll('both to be read', () => accepted.slice(3).every((s) => s.bytesRead > 0) || undefined);
    await once(await open(1), 'close');
    expect([spoken, first, second].map(({ destroyed }) => destroyed)).to.deep.equal([false, false, false]);
    expect(bound.rejected).to.equal(3);
  });

  // Only connections that had sent nothing gave way: an address that sent one byte on each of 10,000 connections kept all others
  // out for as long as it answered pings.
  it('close the oldest connection of an address that has most of them in favour of one that has few', async () => {
    await bind({ max: 8, yields: 'silent' });
    const accepted = accept();
    const greedy: Socket[] = [];
    for (let at = 0; at < 8; at++) greedy.push(await open(1));
    await poll('their bytes', () => accepted.every(({ bytesRead }) => bytesRead > 0) || undefined);
    const end = once(defined(greedy[0], 'the oldest'), 'close');
    const honest = await open(1, '127.0.0.2');
    await end;
    await once(await open(1), 'close');
    await poll('its byte', () => accepted.at(-1)?.bytesRead || undefined);
    expect(honest.destroyed).to.equal(false);
    expect(greedy.slice(1).some(({ destroyed }) => destroyed)).to.equal(false);
    expect(bound.rejected).to.equal(2);
  });

  // The connection with the fewest bytes was evicted, so a client that sent some kilobytes on each of its connections
  // kept all of them, and a restarting member lost its link at that client's next connection.
  it('close the oldest connection that is not proven on a port for peers, whatever it has sent', async () => {
    await bind({ max: 3, yields: 'unproven' });
    const accepted = accept();
    const sizes = [20, 50_000, 700];
    const sockets: Socket[] = [];
    for (const size of sizes) sockets.push(await open(size));
    await poll('all bytes', () => accepted.map((s) => s.bytesRead).join() === sizes.join() || undefined);
    const [proven, , ...younger] = sockets;
    listeners.trust(defined(accepted[0], 'the first'));
    const end = once(defined(sockets[1], 'the oldest that is not proven'), 'close');
    const next = await open(1);
    await end;
    await poll('the next one', () => accepted[3]?.bytesRead === 1 || undefined);
    expect([proven, ...younger, next].map((socket) => socket?.destroyed)).to.deep.equal([false, false, false]);
    for (const socket of accepted) listeners.trust(socket);
    await once(await open(1), 'close');
    expect([proven, ...younger, next].map((socket) => socket?.destroyed)).to.deep.equal([false, false, false]);
  });

  // A stranger that opened connections without pause closed those of a member before the member could prove itself.
  it('close a connection of the address that has the most that are not proven', async () => {
    await bind({ max: 8, yields: 'unproven' });
    const accepted = accept();
    const honest = await open(1, '127.0.0.2');
    for (let at = 0; at < 20; at++) await open(1);
    await poll('all connections', () => accepted.length === 21 || undefined);
    expect(honest.destroyed).to.equal(false);
    expect(bound.open).to.equal(8);
    expect(bound.rejected).to.equal(13);
  });

  it('close connections of an address that opens them faster than a rate', async () => {
    await bind({ max: 100, yields: 'unproven', rate: { perSecond: 0.001, burst: 3 } });
    accept();
    for (let at = 0; at < 5; at++) await open(0);
    await open(0, '127.0.0.2');
    await poll('the refusals', () => bound.rejected === 2 || undefined);
    await poll('the others', () => bound.open === 4 || undefined);
  });

  it('keep connections that come before they are served within the bound too', async () => {
    await bind({ max: 2, yields: 'silent' });
    const first = await open(0);
    const end = once(first, 'close');
    await open(0);
    await open(0);
    await end;
    const accepted = accept();
    expect(accepted.length).to.equal(2);
    expect(accepted.some(({ destroyed }) => destroyed)).to.equal(false);
  });
});

/** The timer that the kernel runs for a connection, see proc(5). */
function timerOf(local: number, remote: number): { readonly kind: string; readonly leftMs: number } | undefined {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const entry = new RegExp(`: [0-9A-F]+:${hex(local)} [0-9A-F]+:${hex(remote)} 01 \\S+ (\\d\\d):([0-9A-F]+) `);
  const [, kind, left] = entry.exec(readFileSync('/proc/net/tcp', 'utf8')) ?? [];
  // In hundredths of a second.
  return kind === undefined || left === undefined ? undefined : { kind, leftMs: Number.parseInt(left, 16) * 10 };
}

describe('Listeners on a socket of the file system', () => {
  let folder: string;
  let listeners: Listeners | undefined;

  beforeEach(() => {
    folder = makeTemporaryFolder('unix');
  });

  afterEach(async () => {
    await listeners?.close();
    listeners = undefined;
    removeFolder(folder);
  });

  async function bind(path: string): Promise<Listeners> {
    const bound = new ConnectionBound({ port: 'client', logger: new RecordingLogger(), max: 10, yields: 'silent' });
    return await Listeners.bind({ flag: 'listen-client-urls', urls: [`unix://${path}`], bound });
  }

  it('accept connections, and remove the socket when they close', async () => {
    const path = join(folder, 'a.sock');
    listeners = await bind(path);
    expect(listeners.urls).to.deep.equal([`unix://${path}`]);
    listeners.serve((socket) => socket.end('hello'));
    const client = connect({ path });
    expect(String((await once(client, 'data'))[0])).to.equal('hello');
    client.destroy();
    await listeners.close();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('replace a socket that a killed process has left, and nothing else', async () => {
    const path = join(folder, 'a.sock');
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script]), 'close');
    expect(readdirSync(folder)).to.deep.equal(['a.sock']);
    listeners = await bind(path);
    await expectRefused(bind(path), /listen-client-urls: unix:\S+ is in use/);
    writeFileSync(join(folder, 'letter'), 'a letter');
    await expectRefused(bind(join(folder, 'letter')), /letter exists and is not a socket/);
    await expectRefused(bind(join(folder, 'missing', 'a.sock')), /cannot create unix:\S+: its folder does not exist/);
    expect(readFileSync(join(folder, 'letter'), 'utf8')).to.equal('a letter');
  });
});

async function expectRefused(binding: Promise<Listeners>, says: RegExp): Promise<void> {
  const error: unknown = await binding.then(
    (bound) => bound.close(),
    (refused: unknown) => refused,
  );
  expect(String(error)).to.match(says);
}
