import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { expect } from 'chai';
import { raftkv } from '../../src/gen/proto.js';
import { GrpcJsHost } from '../../src/rpc/grpc-js/grpc-js-host.js';
import { FRAME_HEADER_BYTES, frameOf } from '../../src/transport/frame.js';
import { encodeHello, PEER_PROTOCOL_VERSION } from '../../src/transport/hello.js';
import { PACKET_HEAD_BYTES } from '../../src/transport/packet-codec.js';
import type { RefusalCode } from '../../src/transport/refusal.js';
import { formatMemberId as hex } from '../../src/util/member-id.js';
import { poll } from '../support/poll.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { frame, heartbeat, helloOf, linked, LinkedMembers, rawLink } from './linked-members.js';
import { CLUSTER, type Member, message, packet } from './members.js';

describe('PeerTransport', () => {
  const members = new LinkedMembers();
  const { start, pair, trapped } = members;

  afterEach(() => members.stop());

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

    it('a member that expects another member at this address', async () => {
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

  describe('with links of members of version 2, which are gRPC streams,', () => {
    it('states the reason to the caller and in the log', async () => {
      const b = await start({ id: 2 });
      b.transport.setPeers([{ id: 1, urls: ['http://127.0.0.1:1'] }]);
      const client = new Client(`127.0.0.1:${b.port}`, credentials.createInsecure());
      const unchanged = (bytes: Buffer): Buffer => bytes;
      const call = client.makeBidiStreamRequest<Buffer, Buffer>('/raftkv.Peer/Link', unchanged, unchanged);
      const hello = { version: 2, clusterId: CLUSTER, from: 1, to: 2 };
      call.write(Buffer.from(raftkv.OldFrame.encode({ hello }).finish()));
      const [{ code, details }] = (await once(call, 'error')) as [ServiceError];
      client.close();
      const text = `peer protocol mismatch: member ${hex(2)} speaks version ${PEER_PROTOCOL_VERSION}, member ${hex(1)} version 2`;
      expect([code, details]).to.deep.equal([9, text]);
      const warnings = b.logger.lines.filter(({ level }) => level === 'warn');
      expect(warnings.map(({ fields }) => fields['reason'])).to.deep.equal([text]);
    });

    it('logs the protocol as the reason why such a member cannot be reached', async () => {
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
          `peer protocol mismatch: member ${hex(1)} speaks version ${PEER_PROTOCOL_VERSION}, and member ${hex(2)} at ${url} an older version ` +
            'or another protocol',
        ],
      ]);
      old.close();
      await host.close({ graceMs: 0 });
    });
  });

  it('ends a link after a malformed frame, with one line in the log, and keeps the others', async () => {
    const [a, b] = await pair();
    // In the name of a third member, which does not run. The first member could reconnect and replace the link.
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
});
