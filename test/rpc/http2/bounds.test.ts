import { expect } from 'chai';
import { ErrorCode } from '../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { HpackDecoder } from '../../../src/rpc/http2/hpack-decoder.js';
import { HostStreams } from '../../../src/rpc/http2/host-streams.js';
import { AllSourceRates } from '../../../src/rpc/http2/source-rates.js';
import type { Limit } from '../../../src/util/limit-hits.js';
import { poll } from '../../support/poll.js';
import { expectShortWork } from '../../support/time-limits.js';
import { frame, Peer, uint32 } from './peer.js';
import { Wire } from './wire.js';
import { headers, REQUEST } from './conformance/requests.js';

const { END_STREAM, END_HEADERS, ACK } = Flag;
const { DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION } = FrameType;

describe('an HTTP/2 connection', () => {
  let peer: Peer;
  afterEach(async () => await peer?.close());

  describe('has bounds', () => {
    const cases: readonly (readonly [string, Limit, Parameters<typeof Peer.open>[0], (at: number) => Buffer])[] = [
      [
        'resets by the client (CVE-2023-44487)',
        'reset_rate',
        { resets: { burst: 20, perSecond: 1 } },
        (at) => Buffer.concat([headers(2 * at + 1), frame(RST_STREAM, 0, 2 * at + 1, uint32(8))]),
      ],
      [
        'resets that it provokes (CVE-2025-8671)',
        'violation_rate',
        { violations: { burst: 20, perSecond: 1 } },
        (at) => Buffer.concat([headers(2 * at + 1), frame(WINDOW_UPDATE, 0, 2 * at + 1, uint32(0))]),
      ],
      [
        'SETTINGS (CVE-2019-9515)',
        'control_frame_rate',
        { controlFrames: { burst: 20, perSecond: 1 } },
        () => frame(SETTINGS, 0, 0),
      ],
      [
        'PING (CVE-2019-9512)',
        'control_frame_rate',
        { controlFrames: { burst: 20, perSecond: 1 } },
        () => frame(PING, 0, 0, Buffer.alloc(8)),
      ],
      [
        'PRIORITY',
        'control_frame_rate',
        { controlFrames: { burst: 20, perSecond: 1 } },
        () => frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(5)),
      ],
      [
        'frames without content (CVE-2019-9518)',
        'empty_frame_rate',
        { emptyFrames: { burst: 20, perSecond: 1 } },
        (at) => (at === 0 ? headers(1) : frame(DATA, 0, 1)),
      ],
      [
        'tiny updates of the window',
        'empty_frame_rate',
        { emptyFrames: { burst: 20, perSecond: 1 } },
        () => frame(WINDOW_UPDATE, 0, 0, uint32(1)),
      ],
      [
        'CONTINUATION frames (CVE-2024-27316)',
        'header_block',
        { continuationFrames: 5 },
        (at) => (at === 0 ? headers(1, 0) : frame(CONTINUATION, 0, 1)),
      ],
      [
        'the size of a header block',
        'header_block',
        { headerBlockBytes: 1_000 },
        (at) => (at === 0 ? headers(1, 0) : frame(CONTINUATION, 0, 1, Buffer.alloc(100))),
      ],
    ];
    for (const [what, limit, limits, bytes] of cases) {
      it(`on ${what}`, async () => {
        peer = await Peer.open(limits);
        for (let at = 0; at < 50; at += 1) peer.write(bytes(at));
        expect(await peer.goAway()).to.equal(ErrorCode.ENHANCE_YOUR_CALM);
        expect(peer.limits).to.deep.equal([limit]);
      });
    }

    // Each of thousands of connections could open 4096 streams with short header blocks; each stream takes about 2 KB.
    it('on the streams of all connections of a host, of which each may have some', async () => {
      const host = new HostStreams(100);
      const open = (wire: Wire, count: number): void => {
        wire.begin();
        for (let at = 0; at < count; at += 1) wire.send(headers(2 * at + 1));
      };
      const [greedy, late] = [new Wire({}, {}, { hostStreams: host }), new Wire({}, {}, { hostStreams: host })];
      open(greedy, 120);
      open(late, 20);
      await greedy.turn();
      await late.turn();
      expect([greedy.streams.length, late.streams.length, host.open]).to.deep.equal([100, 16, 116]);
      expect(greedy.of(RST_STREAM, 201)[0]?.payload.readUInt32BE(0)).to.equal(ErrorCode.REFUSED_STREAM);
      expect([greedy.goAwayCode, late.goAwayCode]).to.deep.equal([undefined, undefined]);
      for (let at = 0; at < 60; at += 1) greedy.send(frame(RST_STREAM, 0, 2 * at + 1, uint32(8)));
      late.send(headers(1_001));
      expect([late.streams.length, host.open]).to.deep.equal([17, 57]);
      greedy.socket.destroy();
      await greedy.turn();
      expect(host.open).to.equal(17);
      late.socket.destroy();
      await late.turn();
      expect(host.open).to.equal(0);
    });

    // Rates were counted for each connection alone: a client opened the next one for its next flood.
    it('on the rates of all connections from one address', async () => {
      const limits = { resets: { burst: 5, perSecond: 0 }, controlFrames: { burst: 5, perSecond: 0 } };
      const rates = new AllSourceRates(limits, () => 0);
      const flood = async (address: string): Promise<number> => {
        const wire = new Wire({}, limits, { sourceRates: rates.opened(address) });
        wire.begin();
        let resets = 0;
        for (; wire.limits.length === 0 && resets < 10; resets += 1) {
          wire.send(headers(2 * resets + 1), frame(RST_STREAM, 0, 2 * resets + 1, uint32(8)));
        }
        await wire.turn();
        expect([wire.goAwayCode, wire.limits]).to.deep.equal([ErrorCode.ENHANCE_YOUR_CALM, ['reset_rate']]);
        wire.socket.destroy();
        await wire.turn();
        rates.closed(address);
        return resets - 1;
      };
      const first: number[] = [];
      for (let at = 0; at < 10; at += 1) first.push(await flood('a'));
      expect(first).to.deep.equal([5, 5, 5, 5, 5, 5, 5, 5, 0, 0]);
      expect(await flood('b'), 'another address').to.equal(5);
      for (let at = 0; at < 3_000; at += 1) {
        rates.opened(`c${at}`);
        rates.closed(`c${at}`);
      }
      expect(rates.size).to.be.below(1_100);
    });

    it('on the size of a header list, with status 431', async () => {
      peer = await Peer.open({ headerListBytes: 500 });
      peer.write(headers(1, END_HEADERS | END_STREAM, [...REQUEST, ['a', 'x'.repeat(500)]]));
      await peer.frame(
        'an answer',
        ({ type, streamId, flags }) => type === HEADERS && streamId === 1 && (flags & END_STREAM) !== 0,
      );
      expect(peer.requests).to.have.length(0);
      expect(peer.limits).to.deep.equal(['header_list']);
    });

    // CVE-2016-6581: fields that are one byte each in a block, and refer to a large one in the table, make a list of any size.
    it('on what an HPACK bomb unfolds to, with status 431 (CVE-2016-6581)', async () => {
      const value = Buffer.alloc(4000, 'x');
      // A literal that enters the table: its name, and a length of 4000 in the prefix of seven bits.
      const literal = Buffer.concat([Buffer.from([0x40, 1, 0x61, 0x7f, 0xa1, 0x1e]), value]);
      const request = Buffer.from([0x83, 0x86, 0x84, 0x41, 1, 0x78]);
      // Some 50 MB; the block has 16 KiB.
      const bomb = Buffer.concat([request, literal, Buffer.alloc(12_000, 0xbe)]);
      const decoder = new HpackDecoder({ tableBytesMax: 4096, listBytesMax: 64 * 1024 });
      await expectShortWork(20, () => {
        const { fields, isTooLarge } = decoder.decode(bomb);
        expect(isTooLarge).to.equal(true);
        expect(fields.length).to.be.below(25);
      });
      peer = await Peer.open();
      peer.write(frame(HEADERS, END_HEADERS | END_STREAM, 1, bomb));
      const answer = await peer.frame('an answer', ({ type, streamId }) => type === HEADERS && streamId === 1);
      expect(answer.flags & END_STREAM).not.to.equal(0);
      expect(peer.requests).to.have.length(0);
      expect(peer.limits).to.deep.equal(['header_list']);
      peer.write(headers(3, END_HEADERS | END_STREAM));
      await poll('the next request', () => (peer.requests.length === 1 ? true : undefined));
    });

    it('on the time for SETTINGS', async () => {
      peer = await Peer.open({ settingsMs: 0 }, false);
      await new Promise((resolve) => setTimeout(resolve, 5));
      peer.connection?.check();
      expect(await peer.goAway()).to.equal(ErrorCode.SETTINGS_TIMEOUT);
      expect(peer.limits).to.deep.equal(['setup_time']);
    });

    it('on the answer to a PING of its own', async () => {
      peer = await Peer.open({ keepaliveMs: 0, keepaliveTimeoutMs: 0 });
      peer.write(frame(SETTINGS, ACK, 0));
      await peer.settle();
      const closed = new Promise((resolve) => peer.socket.once('close', resolve));
      const check = setInterval(() => peer.connection?.check(), 5);
      await closed;
      clearInterval(check);
      expect(peer.frames.some(({ type, flags }) => type === PING && flags === 0)).to.equal(true);
    });
  });
});
