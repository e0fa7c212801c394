import { once } from 'node:events';
import { expect } from 'chai';
import { GrpcJsHost } from '../../src/rpc/host-grpc-js.js';
import { unary } from '../../src/rpc/service.js';
import { poll } from '../support/poll.js';
import { AUTHORITIES, boundsSuite, titleOf } from './bounds-suite.js';
import { callsSuite } from './calls-suite.js';
import type { HostUnderTest } from './host-under-test.js';
import { callHeaders, frame, FRAME, RawHttp2, resetOf, wholeCall } from './raw-http2.js';
import { ServedHost } from './served-host.js';
import { socketsSuite } from './sockets-suite.js';

const AUTHORITY = "Node's HTTP/2 resets streams whose :authority is not a host and port; waits for a host of our own";

const host: HostUnderTest = {
  name: 'GrpcJsHost',
  create: (options) => new GrpcJsHost(options),
  pending: Object.fromEntries(
    AUTHORITIES.filter((authority) => !/^[\w.]+:\d+$/.test(authority)).map((authority) => [
      titleOf(authority),
      AUTHORITY,
    ]),
  ),
};

describe(host.name, () => {
  describe('with requests that are never completed', () => {
    const MIB = 1024 * 1024;
    const CALL = '/test.Service/Call';
    const echo = [
      unary<Uint8Array>({ path: CALL, decode: (body) => body, handle: (call, body) => call.respond(body) }),
    ];
    const clients: RawHttp2[] = [];
    let served: ServedHost;

    const open = async (): Promise<RawHttp2> => {
      const client = await RawHttp2.open(served.port);
      clients.push(client);
      return client;
    };

    /** The head of a call and the first 32 KiB of a message of one MiB. */
    const begun = (streamId: number): Buffer => {
      const prefix = Buffer.from([0, 0, 16, 0, 0]);
      const pieces = [Buffer.concat([prefix, Buffer.alloc(16 * 1024 - prefix.length)]), Buffer.alloc(16 * 1024)];
      return Buffer.concat([
        callHeaders({ path: CALL, streamId }),
        ...pieces.map((p) => frame(FRAME.data, 0, streamId, p)),
      ]);
    };

    beforeEach(async () => {
      served = await ServedHost.start(echo, { unfinished: { connectionBytesMax: MIB / 4, hostBytesMax: MIB / 2 } });
    });

    afterEach(async () => {
      for (const client of clients.splice(0)) client.socket.destroy();
      await served.stop();
    });

    // One connection with 400 streams, each of which sent all but the end of a message of 1.9 MB, grew a member by the 760 MB
    // that it sent; it may have 4,096 such streams.
    it('resets those above the bound of a connection, and serves its whole requests', async () => {
      const client = await open();
      for (let i = 0; i < 12; i++) client.write(begun(2 * i + 1));
      const isReset = (i: number): boolean => client.has(2 * i + 1, FRAME.reset);
      await poll('the resets', () => [8, 9, 10, 11].every(isReset) || undefined);
      expect([0, 1, 2, 3, 4, 5, 6].filter(isReset)).to.deep.equal([]);
      client.write(resetOf(1), wholeCall({ path: CALL, streamId: 101, body: Buffer.alloc(9_000) }));
      await poll('an answer', () => client.ended > 0 || undefined);
      expect(client.dataBytes).to.equal(9_005);
    });

    it('cuts the connection that holds most at the bound of the host', async () => {
      const [largest, second, third] = [await open(), await open(), await open()];
      const sizes: readonly (readonly [RawHttp2, number])[] = [
        [largest, 7],
        [second, 5],
        [third, 5],
      ];
      const end = once(largest.socket, 'close');
      for (const [client, streams] of sizes) for (let i = 0; i < streams; i++) client.write(begun(2 * i + 1));
      await end;
      for (const client of [second, third]) {
        client.write(wholeCall({ path: CALL, streamId: 101 }));
        await poll('an answer', () => client.ended > 0 || undefined);
      }
    });

    it('counts nothing for messages that are complete, however they are cut', async () => {
      const client = await open();
      const call = wholeCall({ path: CALL, streamId: 1, body: Buffer.alloc(200) });
      for (let i = 0; i < call.length; i++) {
        client.write(call.subarray(i, i + 1));
        if (i % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      for (let i = 1; i < 60; i++) {
        client.write(wholeCall({ path: CALL, streamId: 2 * i + 1, body: Buffer.alloc(10_000) }));
        await poll('an answer', () => client.ended === i + 1 || undefined);
      }
    });
  });

  callsSuite(host);
  describe('on sockets', () => socketsSuite(host));
  describe('within its bounds', () => boundsSuite(host));
});
