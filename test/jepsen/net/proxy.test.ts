import { expect } from 'chai';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import { seededRandom } from '../../../src/util/random.js';
import { poll } from '../../support/poll.js';
import { Proxy } from './proxy.js';
import { Rules } from './rules.js';
import { inodeOf, ownerOf } from './socket-owner.js';

describe('the proxy of fault tests', () => {
  let rules: Rules;
  let echo: Server;
  let proxy: Proxy;
  let client: Socket;
  let received: string;
  let accepted: Socket[];

  beforeEach(async () => {
    rules = new Rules();
    accepted = [];
    echo = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as AddressInfo;
    const identify = async (): Promise<string> => 'a';
    proxy = await Proxy.start({ to: 'b', targetPort: port, identify, rules, random: seededRandom(1), keeps: true });
    client = dial();
    received = '';
    client.on('data', (chunk) => (received += chunk.toString()));
  });

  afterEach(async () => {
    client.destroy();
    await proxy.close();
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => echo.close(resolve));
  });

  function dial(): Socket {
    const socket = connect({ host: '127.0.0.1', port: proxy.port });
    socket.on('error', () => undefined);
    return socket;
  }

  const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve));
  const until = (what: string, holds: () => boolean): Promise<true> => poll(what, () => (holds() ? true : undefined));
  const echoed = (text: string): Promise<true> => until(`echo of ${text}`, () => received === text);

  it('forwards bytes and the end of a connection both ways', async () => {
    client.write('one');
    await echoed('one');
    client.end('two');
    await once(client, 'end');
    expect(received).to.equal('onetwo');
    expect(rules.counts).to.deep.equal({ held: 0, reset: 0, broken: 0, delayed: 0, replayed: 0 });
  });

  it('holds one direction alone, and delivers what was held afterwards', async () => {
    client.write('one');
    await echoed('one');
    rules.set('b', 'a', { hold: true });
    client.write('two');
    await until('the echo to be held', () => rules.counts.held === 1);
    expect(received).to.equal('one');
    rules.clear();
    await echoed('onetwo');
  });

  it('holds a new connection until the rule ends', async () => {
    rules.set('a', 'b', { hold: true });
    const second = dial();
    second.write('x');
    await until('the connection to be held', () => rules.counts.held >= 1);
    expect(accepted.length).to.be.at.most(1);
    rules.remove('a', 'b');
    const [chunk] = (await once(second, 'data')) as [Buffer];
    expect(chunk.toString()).to.equal('x');
    second.destroy();
  });

  it('does not report the end of a connection while it holds', async () => {
    client.write('one');
    await echoed('one');
    rules.set('a', 'b', { hold: true });
    client.destroy();
    await until('the end to be held', () => rules.counts.held >= 1);
    expect(accepted[0]?.destroyed).to.equal(false);
    rules.clear();
    await until('the end', () => accepted[0]?.destroyed === true);
  });

  // A partition was over when slow links at the same time were undone.
  it('keeps a cut beside the rules of links', async () => {
    rules.set('a', 'b', { hold: true }, 'cut');
    rules.set('a', 'b', { delayMs: [1, 2] });
    expect(rules.get('a', 'b')).to.deep.equal({ hold: true, delayMs: [1, 2] });
    rules.remove('a', 'b');
    expect(rules.get('a', 'b')).to.deep.equal({ hold: true });
    rules.set('a', 'b', { delayMs: [1, 2] });
    rules.remove('a', 'b', 'cut');
    expect(rules.get('a', 'b')).to.deep.equal({ delayMs: [1, 2] });
  });

  it('resets open connections, and new ones', async () => {
    client.write('one');
    await echoed('one');
    rules.set('b', 'a', { reset: true });
    await until('the reset', () => client.destroyed);
    const second = dial();
    await closed(second);
    expect(rules.counts.reset).to.equal(2);
    expect(accepted).to.have.length(1);
  });

  it('breaks connections by chance', async () => {
    rules.set('a', 'b', { breakProbability: 1 });
    client.write('one');
    await closed(client);
    expect(rules.counts.broken).to.equal(1);
  });

  it('delays chunks and keeps their order', async () => {
    rules.set('a', 'b', { delayMs: [1, 30], stall: { probability: 0.5, ms: [10, 20] }, connectionDelayMs: [5, 10] });
    const begun = performance.now();
    for (let at = 0; at < 20; at++) {
      client.write(`${at},`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await echoed(Array.from({ length: 20 }, (_, at) => `${at},`).join(''));
    expect(performance.now() - begun).to.be.at.least(5);
    expect(rules.counts.delayed).to.be.at.least(1);
  });

  it('passes more bytes than it keeps', async () => {
    rules.set('a', 'b', { hold: true });
    const bytes = Buffer.alloc(3_000_000, 'x');
    client.write(bytes);
    await until('bytes to be held', () => rules.counts.held >= 1);
    rules.clear();
    await until('all bytes', () => received.length === bytes.length);
  });

  it('replays the first bytes of a connection on a new one', async () => {
    client.write('hello');
    await echoed('hello');
    const replayed = once(echo, 'connection');
    expect(proxy.replay(seededRandom(1))).to.equal(true);
    const [socket] = (await replayed) as [Socket];
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).to.equal('hello');
    expect(rules.counts.replayed).to.equal(1);
  });

  it('drops a connection whose target is down', async () => {
    client.write('one');
    await echoed('one');
    const ended = new Promise((resolve) => echo.close(resolve));
    for (const socket of accepted) socket.destroy();
    await ended;
    const second = dial();
    await closed(second);
  });
});

describe('the owner of a connection', () => {
  it('is found by the ports in the table of connections', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0',
      '   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0',
      '   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0',
      '   3: 0100007F:C351 0100007F:1F90 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0',
    ].join('\n');
    expect(inodeOf(table, 0xc350, 0x1f90)).to.equal('333');
    expect(inodeOf(table, 0xc351, 0x1f90), 'a connection that is gone').to.equal(undefined);
    expect(inodeOf(table, 1, 2)).to.equal(undefined);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('is a process that has the socket (needs /proc of Linux)', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    const [accepted] = (await once(server, 'connection')) as [Socket];
    const processes = [
      ['gone', 2 ** 22 + 1],
      ['this', process.pid],
    ] as const;
    expect(await ownerOf(accepted, () => processes)).to.equal('this');
    expect(await ownerOf(accepted, () => processes.slice(0, 1))).to.equal(undefined);
    socket.destroy();
    accepted.destroy();
    server.close();
  });
});
