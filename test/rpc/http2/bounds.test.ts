import { expect } from 'chai';
import { ErrorCode } from '../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { frame, Peer, uint32 } from './peer.js';
import { headers, REQUEST } from './conformance/requests.js';

const { END_STREAM, END_HEADERS, ACK } = Flag;
const { DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION } = FrameType;

describe('an HTTP/2 connection', () => {
  let peer: Peer;
  afterEach(async () => await peer.close());

  describe('has bounds', () => {
    const cases: readonly (readonly [string, Parameters<typeof Peer.open>[0], (at: number) => Buffer])[] = [
      [
        'resets by the client (CVE-2023-44487)',
        { resets: { burst: 20, perSecond: 1 } },
        (at) => Buffer.concat([headers(2 * at + 1), frame(RST_STREAM, 0, 2 * at + 1, uint32(8))]),
      ],
      [
        'resets that it provokes (CVE-2025-8671)',
        { violations: { burst: 20, perSecond: 1 } },
        (at) => Buffer.concat([headers(2 * at + 1), frame(WINDOW_UPDATE, 0, 2 * at + 1, uint32(0))]),
      ],
      ['SETTINGS (CVE-2019-9515)', { controlFrames: { burst: 20, perSecond: 1 } }, () => frame(SETTINGS, 0, 0)],
      [
        'PING (CVE-2019-9512)',
        { controlFrames: { burst: 20, perSecond: 1 } },
        () => frame(PING, 0, 0, Buffer.alloc(8)),
      ],
      [
        'PRIORITY',
        { controlFrames: { burst: 20, perSecond: 1 } },
        () => frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(5)),
      ],
      [
        'frames without content (CVE-2019-9518)',
        { emptyFrames: { burst: 20, perSecond: 1 } },
        (at) => (at === 0 ? headers(1) : frame(DATA, 0, 1)),
      ],
      [
        'tiny updates of the window',
        { emptyFrames: { burst: 20, perSecond: 1 } },
        () => frame(WINDOW_UPDATE, 0, 0, uint32(1)),
      ],
      [
        'CONTINUATION frames (CVE-2024-27316)',
        { continuationFrames: 5 },
        (at) => (at === 0 ? headers(1, 0) : frame(CONTINUATION, 0, 1)),
      ],
      [
        'the size of a header block',
        { headerBlockBytes: 1_000 },
        (at) => (at === 0 ? headers(1, 0) : frame(CONTINUATION, 0, 1, Buffer.alloc(100))),
      ],
    ];
    for (const [what, limits, bytes] of cases) {
      it(`on ${what}`, async () => {
        peer = await Peer.open(limits);
        for (let at = 0; at < 50; at += 1) peer.write(bytes(at));
        expect(await peer.goAway()).to.equal(ErrorCode.ENHANCE_YOUR_CALM);
      });
    }

    it('on the size of a header list, with status 431', async () => {
      peer = await Peer.open({ headerListBytes: 500 });
      peer.write(headers(1, END_HEADERS | END_STREAM, [...REQUEST, ['a', 'x'.repeat(500)]]));
      await peer.frame(
        'an answer',
        ({ type, streamId, flags }) => type === HEADERS && streamId === 1 && (flags & END_STREAM) !== 0,
      );
      expect(peer.requests).to.have.length(0);
    });

    it('on the time for SETTINGS, and for a frame that has begun', async () => {
      peer = await Peer.open({ settingsMs: 0 }, false);
      await new Promise((resolve) => setTimeout(resolve, 5));
      peer.connection?.check();
      expect(await peer.goAway()).to.equal(ErrorCode.SETTINGS_TIMEOUT);
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
