import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { poll } from '../support/poll.js';
import { append, heartbeat, linked, LinkedMembers } from './linked-members.js';
import { connect, type Member, message, packet } from './members.js';

describe('PeerTransport', () => {
  const members = new LinkedMembers();
  const { start, pair } = members;

  afterEach(() => members.stop());

  it('counts bytes sent and received per peer, and measures the round trip of pings', async () => {
    const [a, b] = await pair({ options: { keepaliveIntervalMs: 20 } });
    a.transport.send(2, packet([append(1, 10_000)]));
    await poll('the packet', () => b.packets.length > 0 || undefined);
    const [[to, sent] = []] = a.traffic.all();
    const [[from, received] = []] = b.traffic.all();
    expect([to, from]).to.deep.equal([2, 1]);
    expect(sent?.sentBytes).to.be.within(10_000, 10_200);
    expect(received).to.include({ receivedBytes: sent?.sentBytes, sentBytes: 0 });
    await poll('a ping', () => (sent?.roundTrip.cumulative().at(-1) ?? 0) > 0 || undefined);
    expect(sent?.roundTrip.sum).to.be.within(1e-6, 5);
  });

  it('carries whole packets between three members', async () => {
    const [a, b, c] = [await start({ id: 1 }), await start({ id: 2 }), await start({ id: 3 })];
    connect(a, b, c);
    for (const [from, to] of [
      [a, 2],
      [a, 3],
      [b, 1],
      [c, 1],
    ] as const) {
      await linked(from, to);
    }
    const sent = packet([heartbeat(1, 2, 4)], {
      round: { term: 3, sequence: 4, echo: { timeMs: 1.5, commit: 2 }, minMatch: 1 },
      ack: { term: 3, sequence: 3, timeMs: 2.25 },
      calls: [Buffer.from('one'), Buffer.from('two')],
    });
    a.transport.send(2, sent);
    c.transport.send(1, packet([message('MsgVote', { from: 3, to: 1, term: 9 })]));
    await poll('both packets', () => (b.packets.length === 1 && a.packets.length === 1) || undefined);
    expect(b.packets[0]?.from).to.equal(1);
    expect(b.packets[0]?.packet.round).to.deep.equal(sent.round);
    expect(b.packets[0]?.packet.ack).to.deep.equal(sent.ack);
    expect(b.packets[0]?.packet.calls?.map((call) => Buffer.from(call).toString())).to.deep.equal(['one', 'two']);
    expect(b.messages.map(({ type, index }) => [type, index])).to.deep.equal([['MsgHeartbeat', 4]]);
    expect(a.messages.map(({ type, term }) => [type, term])).to.deep.equal([['MsgVote', 9]]);
    expect(c.packets).to.deep.equal([]);
  });

  it('keeps the order within a lane, and sends the later packets of a turn in one frame', async () => {
    const [a, b] = await pair();
    for (let i = 0; i < 1000; i++) a.transport.send(2, packet([append(i, 100)]));
    await poll('all', () => b.messages.length === 1000 || undefined);
    expect(b.messages.map(({ index }) => index)).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i));
    expect(b.packets.length).to.equal(2);
    expect(Buffer.from(b.messages[7]?.entries[0]?.data ?? [])).to.deep.equal(Buffer.alloc(100, 7));
  });

  // A leader's appends left at the end of its turn, after the write of its own log: its followers began their writes when it
  // had ended its own, and a lone put took the time of both.
  it('writes the first packet of a turn before it returns', async () => {
    const [a] = await pair();
    const sent = (): number => a.traffic.all().find(([peer]) => peer === 2)?.[1].sentBytes ?? 0;
    const before = sent();
    a.transport.send(2, packet([append(1, 1000)]));
    expect(sent() - before).to.be.within(1000, 1200);
    // The second one waits for others.
    a.transport.send(2, packet([append(2, 1000)]));
    expect(sent() - before).to.be.within(1000, 1200);
    await Promise.resolve();
    expect(sent() - before).to.be.within(2000, 2400);
  });

  it('joins packets that wait for a busy stream into few frames of bounded size', async () => {
    const [a, b] = await pair({ options: { maxFrameBytes: 64 * 1024 } });
    for (let turn = 0; turn < 50; turn++) {
      for (let i = 0; i < 20; i++) a.transport.send(2, packet([append(turn * 20 + i, 1000)]));
      await new Promise(setImmediate);
    }
    await poll('all', () => b.messages.length === 1000 || undefined);
    expect(b.messages.map(({ index }) => index)).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i));
    expect(b.packets.length).to.be.within(17, 100);
    expect(Math.max(...b.packets.map(({ packet }) => packet.messages.length))).to.be.at.most(64);
  });

  it('carries a message that is larger than a frame', async () => {
    const [a, b] = await pair();
    a.transport.send(2, packet([append(1, 5_000_000)]));
    await poll('the message', () => b.messages[0]);
    expect(b.messages[0]?.entries[0]?.data.length).to.equal(5_000_000);
  });

  it('reports an unreachable peer once per turn, and never from within send', async () => {
    const a = await start({ id: 1 });
    a.transport.setPeers([{ id: 2, urls: ['http://127.0.0.1:1'] }]);
    for (let i = 0; i < 10; i++) {
      a.transport.send(2, packet([heartbeat(1, 2)]));
      a.transport.send(9, packet([heartbeat(1, 9)]));
    }
    expect(a.unreachable).to.deep.equal([]);
    await poll('the report', () => (a.unreachable.length > 0 ? true : undefined));
    expect(a.unreachable).to.deep.equal([2, 9]);
  });

  // See "other members elect a leader soon after theirs was removed" in test/partition/membership.test.ts.
  it('reports that the link to a former peer is down', async () => {
    const [a] = await pair();
    a.transport.setPeers([]);
    expect(a.links).to.deep.equal(['2 up', '2 down']);
  });

  it('notices a killed peer at once, and links to its successor on the same port without a backoff', async () => {
    // Neither a ping nor a dial after the backoff comes within the time of this test.
    const never = { keepaliveIntervalMs: 600_000, backoffBaseMs: 600_000, backoffCapMs: 600_000 };
    const [a, b] = await pair({ options: never });
    const { port } = b;
    await b.kill();
    await poll('the break', () => a.links.at(-1) === '2 down' || undefined);
    const successor = await start({ id: 2, port });
    successor.transport.setPeers([{ id: 1, urls: [a.url] }]);
    // Its hello shows that it is up, which ends the backoff.
    await linked(a, 2);
    a.transport.send(2, packet([heartbeat(1, 2, 77)]));
    await poll('the message', () => successor.messages[0]);
    expect(successor.messages[0]?.index).to.equal(77);
  });

  it('tries the URLs of a peer in turn', async () => {
    const [a, b] = [await start({ id: 1 }), await start({ id: 2 })];
    a.transport.setPeers([{ id: 2, urls: ['ftp://nowhere', 'http://127.0.0.1:1', b.url] }]);
    b.transport.setPeers([{ id: 1, urls: [a.url] }]);
    await linked(a, 2);
  });

  it('gives up on a peer that accepts and never answers, and leaves no connection to it open', async () => {
    // A stopped process accepts connections and never answers. The first gRPC client leaked the socket of every attempt
    // that was cancelled during its handshake: one descriptor per attempt and lane, while the peer hung.
    const open = new Set<Socket>();
    let dialled = 0;
    const mute = createServer((socket) => {
      dialled++;
      open.add(socket);
      socket.on('error', () => undefined).resume();
      socket.on('close', () => open.delete(socket));
    }).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const [a, b] = [await start({ id: 1, options: { dialTimeoutMs: 50 } }), await start({ id: 2 })];
    b.transport.setPeers([{ id: 1, urls: [a.url] }]);
    a.transport.setPeers([{ id: 2, urls: [`http://127.0.0.1:${(mute.address() as AddressInfo).port}`, b.url] }]);
    await linked(a, 2);
    await poll('the attempts to be cleared away', () => (dialled >= 2 && open.size === 0) || undefined);
    mute.close();
  });

  /** The first member of a new cluster logged a warning about each other member, which was just about to start. */
  it('warns once about a peer that stays away, and not about one that starts late', async () => {
    const told = ({ logger }: Member): string[] =>
      logger.lines.filter(({ level }) => level !== 'debug').map(({ level, message }) => `${level}: ${message}`);
    const early = await start({ id: 2 });
    const { port, url } = early;
    await early.stop();
    const patient = await start({ id: 1, options: { awayWarningMs: 600_000 } });
    const hasty = await start({ id: 3, options: { awayWarningMs: 20 } });
    for (const member of [patient, hasty]) member.transport.setPeers([{ id: 2, urls: [url] }]);
    await poll('a try after the warning', () => {
      const at = hasty.logger.lines.findIndex(({ level }) => level === 'warn');
      return (at >= 0 && hasty.logger.lines.length > at + 1) || undefined;
    });
    expect(told(hasty)).to.deep.equal(['info: peer cannot be reached yet', 'warn: peer cannot be reached']);
    const late = await start({ id: 2, port });
    connect(late, patient);
    await linked(patient, 2);
    expect(told(patient)).to.deep.equal(['info: peer cannot be reached yet', 'info: peer link up']);
  });

  it('sends heartbeats while appends are stuck, and drops appends that do not fit', async () => {
    const [a, b] = await pair({ options: { appendQueueBytes: 2_000_000, appendQueueMessages: 100 } });
    // Stops reading the append lane's connection, like a stalled disk.
    a.transport.send(2, packet([append(1, 100_000)]));
    await poll('the append', () => b.messages[0]);
    const stalled = stall(b);
    for (let turn = 0; turn < 40; turn++) {
      for (let i = 0; i < 5; i++) a.transport.send(2, packet([append(2 + turn * 5 + i, 200_000)]));
      a.transport.send(2, packet([heartbeat(1, 2, turn)]));
      await new Promise(setImmediate);
    }
    await poll('heartbeats', () => stalled.heartbeats() >= 40 || undefined);
    expect(a.unreachable.length).to.be.within(1, 40);
    expect(new Set(a.unreachable)).to.deep.equal(new Set([2]));
  });

  it('ends the links of a removed peer, and accepts it when it is added again', async () => {
    const [a, b] = await pair();
    b.transport.setPeers([]);
    await poll('the break', () => a.links.at(-1) === '2 down' || undefined);
    a.transport.send(2, packet([heartbeat(1, 2)]));
    b.transport.setPeers([{ id: 1, urls: [a.url] }]);
    await linked(a, 2);
    await poll('the link back', () => b.links.join() === '1 up,1 down,1 up' || undefined);
  });

  it('sends all queued packets before it closes', async () => {
    const [a, b] = await pair({ options: { closeGraceMs: 10_000 } });
    for (let i = 0; i < 5; i++) a.transport.send(2, packet([append(i, 300_000)]));
    a.transport.send(2, packet([message('MsgTimeoutNow', { from: 1, to: 2 })]));
    await a.transport.close();
    await poll('the messages', () => b.messages.length === 6 || undefined);
    a.transport.send(2, packet([heartbeat(1, 2)]));
    await a.transport.close();
  });

  it('keeps nothing open after close, so that the process ends', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', new URL('./start-and-stop.ts', import.meta.url).pathname],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const output: string[] = [];
    child.stdout.on('data', (chunk) => output.push(String(chunk)));
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(15_000) })) as [number];
    expect([code, output.join('')]).to.deep.equal([0, 'closed\n']);
  });
});

/** Stops a member from reading appends. */
function stall(member: Member): { heartbeats(): number } {
  const [bulk] = member.sockets.toSorted((left, right) => right.bytesRead - left.bytesRead);
  bulk?.pause();
  return { heartbeats: () => member.messages.filter(({ type }) => type === 'MsgHeartbeat').length };
}
