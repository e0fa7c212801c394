import { raftkv } from '../gen/proto.js';
import { stream, unary, type Method } from '../rpc/service.js';
import { Code, type Status } from '../rpc/status.js';
import type { LinkCall, LinkFrame } from '../transport/acceptor.js';
import type { SnapshotCallIn } from '../transport/snapshot-acceptor.js';

/** What stands behind the peer port, once this member knows who it is. */
export interface PeerHandlers {
  acceptLink(call: LinkCall): void;
  acceptSnapshot(call: SnapshotCallIn): void;
  members(): raftkv.MembersResponse.$Properties;
}

const STARTING: Status = { code: Code.UNAVAILABLE, message: 'this member is starting' };

/**
 * Where other members' calls arrive. The port answers from the first moment on, for members that start together ask each
 * other who is there already: none may wait for another that waits as well.
 */
export function peerService(handlers: () => PeerHandlers | undefined): readonly Method[] {
  return [
    stream<LinkFrame>('bidi', {
      path: '/raftkv.Peer/Link',
      decode: (body) => ({ frame: raftkv.PeerFrame.decode(body), bytes: body.length }),
      handle: (call) => {
        const ready = handlers();
        if (ready === undefined) call.fail(STARTING);
        else ready.acceptLink(call);
      },
    }),
    stream<raftkv.SnapshotFrame>('bidi', {
      path: '/raftkv.Peer/Snapshot',
      decode: (body) => raftkv.SnapshotFrame.decode(body),
      handle: (call) => {
        const ready = handlers();
        if (ready === undefined) call.fail(STARTING);
        else ready.acceptSnapshot(call);
      },
    }),
    unary({
      path: '/raftkv.Peer/Members',
      decode: (body) => raftkv.MembersRequest.decode(body),
      handle: (call) => {
        const ready = handlers();
        if (ready === undefined) call.fail(STARTING);
        else call.respond(raftkv.MembersResponse.encode(ready.members()).finish());
      },
    }),
  ];
}
