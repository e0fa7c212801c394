import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { expect } from 'chai';
import { raftkv } from '../../src/gen/proto.js';
import type { PeerAddress } from '../../src/ports/transport.js';
import { GrpcJsHost } from '../../src/rpc/grpc-js/grpc-js-host.js';
import { FRAME_HEADER_BYTES, frameOf, LINK_PREFACE } from '../../src/transport/frame.js';
import { encodeHello, encodeProofs, PEER_PROTOCOL_VERSION, type Hello } from '../../src/transport/hello.js';
import { encodePacket, PACKET_HEAD_BYTES } from '../../src/transport/packet-codec.js';
import { EMPTY } from '../../src/util/bytes.js';
import type { Refusal } from '../../src/transport/traffic.js';
import { formatMemberId as hex } from '../../src/util/member-id.js';
import { poll } from '../support/poll.js';
import { RecordingLogger } from '../support/recording-logger.js';
import {
  ChallengeTrap,
  CLUSTER,
  connect,
  entry,
  Member,
  message,
  packet,
  rawLink as rawLinkTo,
  type MemberOptions,
  type RawLinkOptions,
} from './members.js';
import type { RefusalCode } from '../../src/transport/refusal.js';

describe('PeerTransport', () => {
  const started: (Member | ChallengeTrap)[] = [];

  const start = async (options: MemberOptions): Promise<Member> => {
    const member = await Member.start(options);
    started.push(member);
    return member;
  };

  const pair = async (options: Partial<MemberOptions> = {}): Promise<[Member, Member]> => {
    const members: [Member, Member] = [await start({ id: 1, ...options }), await start({ id: 2, ...options })];
    connect(...members);
    await linked(members[0], 2);
    await linked(members[1], 1);
    return members;
  };

  /** Makes member 3 a peer that never answers. @returns the challenge sent to it */
  const trapped = async (member: Member, others: readonly PeerAddress[] = []): Promise<{ challenge: Uint8Array }> => {
    const trap = await ChallengeTrap.start();
    started.push(trap);
    member.transport.setPeers([...others, { id: 3, urls: [trap.url] }]);
    return { challenge: await poll('a challenge', () => trap.challenges.get(member.id)) };
  };

  const linked = (member: Member, peer: number): Promise<true> =>
    poll(
      `${member.id} to reach ${peer}`,
      () => member.links.findLast((link) => link.startsWith(`${peer} `)) === `${peer} up` || undefined,
      5_000,
    );

  const heartbeat = (from: number, to: number, index = 0) => message('MsgHeartbeat', { from, to, index });
  const append = (index: number, size: number) =>
    message('MsgApp', { from: 1, to: 2, index, entries: [entry(index + 1, Buffer.alloc(size, index))] });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((member) => member.stop()));
  });

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

  it('keeps the order within a lane, and sends the packets of one turn in one frame', async () => {
    const [a, b] = await pair();
    for (let i = 0; i < 1000; i++) a.transport.send(2, packet([append(i, 100)]));
    await poll('all', () => b.messages.length === 1000 || undefined);
    expect(b.messages.map(({ index }) => index)).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i));
    expect(b.packets.length).to.equal(1);
    expect(Buffer.from(b.messages[7]?.entries[0]?.data ?? [])).to.deep.equal(Buffer.alloc(100, 7));
  });

  it('joins packets that wait for a busy stream into few frames of bounded size', async () => {
    const [a, b] = await pair({ options: { maxFrameBytes: 64 * 1024 } });
    for (let turn = 0; turn < 50; turn++) {
      for (let i = 0; i < 20; i++) a.transport.send(2, packet([append(turn * 20 + i, 1000)]));
      await new Promise(setImmediate);
    }
    await poll('all', () => b.messages.length === 1000 || undefined);
    expect(b.messages.map(({ index }) => index)).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i));
    expect(b.packets.length).to.be.within(17, 60);
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

  it('notices a killed peer at once, and links to its successor on the same port without a backoff', async () => {
    const [a, b] = await pair();
    const { port } = b;
    const killedAt = performance.now();
    await b.kill();
    await poll('the break', () => a.links.at(-1) === '2 down' || undefined);
    expect(performance.now() - killedAt).to.be.lessThan(500);
    const successor = await start({ id: 2, port });
    successor.transport.setPeers([{ id: 1, urls: [a.url] }]);
    const upAt = performance.now();
    await linked(a, 2);
    // Its hello shows that it is up, which ends the backoff.
    expect(performance.now() - upAt).to.be.lessThan(500);
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

  describe('refuses, with one line in the logs of both sides,', () => {
    const refused = async (a: Member, b: Member, text: string): Promise<void> => {
      await poll('several tries', () => {
        const tries = b.logger.lines.filter(({ fields }) => fields['reason'] === text);
        return tries.length >= 4 || undefined;
      });
      for (const member of [a, b]) {
        const loud = member.logger.lines.filter(({ level, fields }) => level === 'warn' && fields['reason'] === text);
        expect(loud.length, `member ${member.id}`).to.equal(1);
      }
      expect(a.links).to.deep.equal([]);
    };

    it('a member of another cluster', async () => {
      const [a, b] = [await start({ id: 1, clusterId: 0xbad }), await start({ id: 2 })];
      a.transport.setPeers([{ id: 2, urls: [b.url] }]);
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      await refused(
        a,
        b,
        `cluster ID mismatch: member ${hex(2)} is of cluster ${hex(0xc1)}, member ${hex(1)} of cluster ${hex(0xbad)}`,
      );
    });

    it('a member that looks for another member', async () => {
      const [a, b] = [await start({ id: 1 }), await start({ id: 2 })];
      a.transport.setPeers([{ id: 3, urls: [b.url] }]);
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      await refused(a, b, `member ID mismatch: this is member ${hex(2)}, member ${hex(1)} looks for member ${hex(3)}`);
    });

    it('an unknown member', async () => {
      const [a, b] = [await start({ id: 1 }), await start({ id: 2 })];
      a.transport.setPeers([{ id: 2, urls: [b.url] }]);
      await refused(a, b, `unknown member: member ${hex(2)} has no peer ${hex(1)}`);
    });
  });

  describe('and members of version 2, whose links are gRPC streams,', () => {
    it('refuses their links with the reason', async () => {
      const b = await start({ id: 2 });
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      const client = new Client(`127.0.0.1:${b.port}`, credentials.createInsecure());
      const unchanged = (bytes: Buffer): Buffer => bytes;
      const call = client.makeBidiStreamRequest<Buffer, Buffer>('/raftkv.Peer/Link', unchanged, unchanged);
      const hello = { version: 2, clusterId: CLUSTER, from: 1, to: 2 };
      call.write(Buffer.from(raftkv.OldFrame.encode({ hello }).finish()));
      const [{ code, details }] = (await once(call, 'error')) as [ServiceError];
      client.close();
      const text = `peer protocol mismatch: member ${hex(2)} speaks version 3, member ${hex(1)} version 2`;
      expect([code, details]).to.deep.equal([9, text]);
      const warnings = b.logger.lines.filter(({ level }) => level === 'warn');
      expect(warnings.map(({ fields }) => fields['reason'])).to.deep.equal([text]);
    });

    it('names the protocol as the reason why it has no link to them', async () => {
      const host = new GrpcJsHost({ methods: [], logger: new RecordingLogger() });
      const old = createServer((socket) => host.accept(socket)).listen(0, '127.0.0.1');
      await once(old, 'listening');
      const url = `http://127.0.0.1:${(old.address() as AddressInfo).port}`;
      const a = await start({ id: 1, options: { backoffCapMs: 50 } });
      a.transport.setPeers([{ id: 2, urls: [url] }]);
      const lines = await poll('several tries', () => (a.logger.lines.length > 5 ? a.logger.lines : undefined));
      const warnings = lines.filter(({ level }) => level === 'warn');
      expect(warnings.map(({ message: text, fields }) => [text, fields['reason']])).to.deep.equal([
        [
          'peer refuses the link',
          `peer protocol mismatch: member ${hex(1)} speaks version 3, and member ${hex(2)} at ${url} an older version ` +
            'or another protocol',
        ],
      ]);
      old.close();
      await host.close({ graceMs: 0 });
    });
  });

  /** Frames of a link that a member gave up may arrive after those of the link that took its place. */
  describe('passes on nothing of an old link after a newer hello,', () => {
    const beat = (index: number): Buffer => frame(message('MsgHeartbeat', { from: 3, to: 2, index }));
    const indexes = (member: Member): number[] => member.messages.map(({ index }) => index);
    const isAt = (member: Member, last: number): Promise<true> =>
      poll(`message ${last}`, () => indexes(member).at(-1) === last || undefined);

    it('whether the old link came before or comes later', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const hello = (number: number, incarnation = 7): Buffer =>
        encodeHello(helloOf({ proofs: [challenge], incarnation, number }));
      const first = rawLink(b, [hello(1), beat(1)], { open: true });
      await isAt(b, 1);
      const second = rawLink(b, [hello(3), beat(3)], { open: true });
      expect(await first).to.equal('replaced');
      await isAt(b, 3);
      for (const number of [2, 3])
        expect(await rawLink(b, [hello(number), beat(2)], { open: true })).to.equal('replaced');
      // A new process of the member begins to count again.
      const stop = new AbortController();
      const third = rawLink(b, [hello(1, 8), beat(4)], { open: true, signal: stop.signal });
      expect(await second).to.equal('replaced');
      await isAt(b, 4);
      expect(indexes(b)).to.deep.equal([1, 3, 4]);
      stop.abort();
      await third;
    });

    it('even if the old link is that of an earlier process, and says its hello last', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const early = connectSocket(b.port, '127.0.0.1');
      await once(early, 'connect');
      early.on('error', () => undefined).resume();
      early.write(LINK_PREFACE);
      await poll('the early connection', () => b.sockets.find(({ bytesRead }) => bytesRead > 0));
      const stop = new AbortController();
      const late = encodeHello(helloOf({ proofs: [challenge], incarnation: 2 }));
      const link = rawLink(b, [late, beat(2)], { open: true, signal: stop.signal });
      await isAt(b, 2);
      early.write(Buffer.concat([encodeHello(helloOf({ proofs: [challenge], incarnation: 1 })), beat(1)]));
      await once(early, 'close');
      expect(indexes(b)).to.deep.equal([2]);
      stop.abort();
      expect(await link).to.equal('closed');
    });

    it('lane by lane', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const stop = new AbortController();
      const link = (number: number, lane: 'append' | 'control'): Promise<unknown> => {
        const hello = encodeHello(helloOf({ proofs: [challenge], incarnation: 7, number, lane }));
        return rawLink(b, [hello, beat(number)], { open: true, signal: stop.signal });
      };
      const links = [link(2, 'append')];
      await isAt(b, 2);
      links.push(link(1, 'control'));
      await isAt(b, 1);
      stop.abort();
      expect(await Promise.all(links)).to.deep.equal(['closed', 'closed']);
    });
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

  it('ends a link after a malformed frame, with one line in the log, and keeps the others', async () => {
    const [a, b] = await pair();
    // In the name of a third member, which does not run: on a busy machine the first one reconnected and replaced the
    // link.
    const { challenge } = await trapped(b, [{ id: 1, urls: [a.url] }]);
    const hello = (): Buffer => encodeHello(helloOf({ proofs: [challenge] }));
    const good = frame(message('MsgHeartbeat', { from: 3, to: 2, index: 5 }));
    const bad = Buffer.from(good);
    bad[FRAME_HEADER_BYTES + PACKET_HEAD_BYTES] = 99;
    const noise = Buffer.alloc(100, 255);
    const cases: { frames: Uint8Array[]; code: RefusalCode }[] = [
      { frames: [noise], code: 'malformed' },
      { frames: [good], code: 'malformed' },
      { frames: [frameOf('hello', noise)], code: 'malformed' },
      { frames: [frameOf('hello', Buffer.alloc(10_000))], code: 'malformed' },
      { frames: [encodeHello(helloOf({ version: PEER_PROTOCOL_VERSION + 1 }))], code: 'unwelcome' },
      { frames: [hello(), Buffer.alloc(100, 1)], code: 'malformed' },
      { frames: [hello(), good, bad, good], code: 'malformed' },
      { frames: [hello(), hello()], code: 'malformed' },
      { frames: [hello(), frameOf('pong', Buffer.alloc(8))], code: 'malformed' },
    ];
    for (const { frames, code } of cases) expect(await rawLink(b, frames, { open: true })).to.equal(code);
    // Messages before the malformed frame are delivered, and none after it.
    expect(b.messages.map(({ index }) => index)).to.deep.equal([5]);
    const reasons = b.logger.lines
      .filter(({ level, message: text }) => level === 'warn' && text === 'ended a link after a malformed frame')
      .map(({ fields }) => fields['reason']);
    expect(reasons).to.deep.equal([
      'a frame of unknown kind 16843009',
      'unknown kind of message 99',
      'a hello on an open link',
      'a pong on an open link',
    ]);
    const socket = connectSocket(b.port, '127.0.0.1', () => socket.end('GET / HTTP/1.1\r\n\r\n'));
    socket.on('error', () => undefined);
    await linked(a, 2);
    a.transport.send(2, packet([heartbeat(1, 2, 6)]));
    await poll('the message', () => b.messages[1]);
    expect(b.logger.messages('error')).to.deep.equal([]);
  });

  /**
   * A link was accepted for the member that it named, and any unknown id was treated as a new member. So every process
   * that reached the port could act as a leader.
   */
  describe('and callers without a proof:', () => {
    const forged = (index: number): Uint8Array => frame(message('MsgHeartbeat', { from: 3, to: 2, index }));
    const refusals = (member: Member, what: Refusal): number => member.traffic.refusals.get(what) ?? 0;

    it('drops their frames and ends their links', async () => {
      const b = await start({ id: 2, options: { proofTimeoutMs: 100 } });
      await trapped(b);
      const code = await rawLink(b, [encodeHello(helloOf({})), forged(1), forged(2)], { open: true });
      expect(code).to.equal('unwelcome');
      expect(b.packets).to.deep.equal([]);
      expect(refusals(b, 'unproven-member')).to.equal(1);
      expect(b.transport.heard).to.deep.equal([]);
    });

    it('refuses wrong proofs', async () => {
      const b = await start({ id: 2, options: { proofTimeoutMs: 100 } });
      const { challenge } = await trapped(b);
      const wrong = Uint8Array.from(challenge, (byte) => byte ^ 1);
      for (const proofs of [[wrong], [EMPTY], [challenge.slice(1)]]) {
        expect(await rawLink(b, [encodeHello(helloOf({ proofs })), forged(1)], { open: true })).to.equal('unwelcome');
      }
      expect(b.packets).to.deep.equal([]);
    });

    it('accepts a proof in the hello or in a later frame', async () => {
      const b = await start({ id: 2 });
      const { challenge } = await trapped(b);
      const late = encodeProofs([EMPTY, challenge]);
      expect(await rawLink(b, [encodeHello(helloOf({ proofs: [challenge] })), forged(1)])).to.equal('closed');
      expect(await rawLink(b, [encodeHello(helloOf({})), late, forged(2)])).to.equal('closed');
      expect(b.messages.map(({ index }) => index)).to.deep.equal([1, 2]);
    });

    it('does not reveal the challenge of the member that they name', async () => {
      const b = await start({ id: 2, options: { proofTimeoutMs: 100 } });
      const { challenge } = await trapped(b);
      const answers: Buffer[] = [];
      await rawLink(b, [encodeHello(helloOf({ challenge: Buffer.alloc(16, 1) }))], { open: true, answers });
      expect(answers.filter((answer) => answer.includes(Buffer.from(challenge)))).to.deep.equal([]);
    });

    it('keeps the link of the member that they name, and accepts a new one from it', async () => {
      const options = { unprovenLinksMax: 8, proofTimeoutMs: 5_000, backoffCapMs: 100 };
      const [a, b] = await pair({ options });
      const fakes = Array.from({ length: 40 }, (_, at) => {
        const hello = helloOf({ from: 1, lane: at % 2 === 0 ? 'append' : 'control', challenge: Buffer.alloc(16, at) });
        return rawLink(b, [encodeHello(hello)], { open: true });
      });
      await poll('the bound on links', () => refusals(b, 'too-many-links') >= 32 || undefined);
      a.transport.send(2, packet([heartbeat(1, 2, 5)]));
      await poll('the message', () => b.messages[0]);
      expect(a.links).to.deep.equal(['2 up']);
      const { port } = a;
      await a.kill();
      const successor = await start({ id: 1, port });
      connect(successor, b);
      await linked(successor, 2);
      await linked(b, 1);
      await b.stop();
      await Promise.all(fakes);
    });

    it('refuses an unknown member until a known one introduces it', async () => {
      let asked = 0;
      const known: PeerAddress[] = [];
      const lookUp = (): Promise<readonly PeerAddress[]> => {
        asked += 1;
        return Promise.resolve(known);
      };
      const a = await start({ id: 1, options: { backoffCapMs: 100 } });
      const b = await start({ id: 2, lookUp, options: { lookUpIntervalMs: 20 } });
      a.transport.setPeers([{ id: 2, urls: [b.url] }]);
      await poll('two rounds of questions', () => asked >= 2 || undefined);
      expect(a.links).to.deep.equal([]);
      known.push({ id: 1, urls: [a.url] }, { id: 2, urls: ['http://127.0.0.1:1'] });
      await linked(a, 2);
      await linked(b, 1);
      // A new member is called by members that it does not know yet.
      expect([...a.logger.messages('warn'), ...b.logger.messages('warn')]).to.deep.equal([]);
    });

    it('finds a member at new URLs that another member names', async () => {
      const a = await start({ id: 1 });
      const lookUp = (): Promise<readonly PeerAddress[]> => Promise.resolve([{ id: 1, urls: [a.url] }]);
      const b = await start({ id: 2, lookUp, options: { proofTimeoutMs: 50, lookUpIntervalMs: 20 } });
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      a.transport.setPeers([{ id: 2, urls: [b.url] }]);
      await linked(a, 2);
      await linked(b, 1);
    });

    it('asks other members at a bounded rate, however often strangers call', async () => {
      let asked = 0;
      const options = { lookUpIntervalMs: 60_000 };
      const b = await start({ id: 2, options, lookUp: () => Promise.reject(new Error(`round ${(asked += 1)}`)) });
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      const calls = Array.from({ length: 100 }, (_, at) => rawLink(b, [encodeHello(helloOf({ from: 100 + at }))]));
      expect(new Set(await Promise.all(calls))).to.deep.equal(new Set(['unwelcome', 'unavailable']));
      expect(asked).to.equal(1);
      expect(refusals(b, 'unknown-member')).to.equal(100);
      // Ids can be invented, so warnings are bounded for all reasons.
      expect(b.logger.messages('warn').filter((text) => text === 'refused a peer link').length).to.equal(16);
    });
  });

  it('ends the links of a removed peer, and accepts it when it is added again', async () => {
    const [a, b] = await pair();
    b.transport.setPeers([]);
    await poll('the break', () => a.links.at(-1) === '2 down' || undefined);
    a.transport.send(2, packet([heartbeat(1, 2)]));
    b.transport.setPeers([{ id: 1, urls: [a.url] }]);
    await linked(a, 2);
    await poll('the link back', () => b.links.join() === '1 up,1 up' || undefined);
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

let hellos = 0;

/** A hello of member 3 to member 2. */
function helloOf(fields: Partial<Hello>): Hello {
  const ids = { version: PEER_PROTOCOL_VERSION, clusterId: CLUSTER, from: 3, to: 2 };
  const order = { incarnation: 1, number: (hellos += 1) };
  return { ...ids, ...order, lane: 'append', challenge: EMPTY, proofs: [], ...fields };
}

function frame(...messages: Parameters<typeof packet>[0]): Buffer {
  return Buffer.concat(encodePacket(packet(messages)).pieces);
}

function rawLink(
  member: Member,
  frames: readonly Uint8Array[],
  options?: RawLinkOptions,
): Promise<RefusalCode | 'closed'> {
  return rawLinkTo(member.port, frames, options);
}
