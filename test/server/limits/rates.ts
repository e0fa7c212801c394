import { callHeaders, frame, FRAME, resetOf } from '../../rpc/raw-http2.js';
import { goneAway, type LimitedMember } from './limited-member.js';

const WATCH = '/etcdserverpb.Watch/Watch';
const NO_UPDATE = Buffer.alloc(4);

/** Tests of the limits on the rates of HTTP/2 frames. */
export function frameRateLimits(member: LimitedMember): void {
  it('bound resets', async () => {
    await member.start({ 'max-reset-rate': '1' });
    const client = await member.http2();
    for (let at = 0; at < 12; at++)
      client.write(callHeaders({ path: WATCH, streamId: 2 * at + 1 }), resetOf(2 * at + 1));
    await goneAway(client);
    await member.expectHit('reset_rate');
  });

  it('bound control frames, and pings', async () => {
    await member.start({ 'max-control-frame-rate': '1' });
    const client = await member.http2();
    for (let at = 0; at < 12; at++) client.write(frame(FRAME.settings, 0, 0));
    await goneAway(client);
    await member.expectHit('control_frame_rate');
    await member.start({ 'grpc-keepalive-min-time': '1h' });
    const pinging = await member.http2();
    for (let at = 0; at < 5; at++) pinging.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
    await goneAway(pinging);
    await member.expectHit('ping_rate');
  });

  it('bound streams that break a rule', async () => {
    await member.start();
    const client = await member.http2();
    for (let at = 0; at < 150; at++) {
      const streamId = 2 * at + 1;
      client.write(callHeaders({ path: WATCH, streamId }), frame(FRAME.windowUpdate, 0, streamId, NO_UPDATE));
    }
    await goneAway(client);
    await member.expectHit('violation_rate');
  });

  it('bound frames without content', async () => {
    await member.start();
    const client = await member.http2();
    client.write(callHeaders({ path: WATCH, streamId: 1 }));
    client.write(...Array.from({ length: 20_000 }, () => frame(FRAME.data, 0, 1)));
    await goneAway(client);
    await member.expectHit('empty_frame_rate');
  });
}
