import { raftkv } from '../../gen/proto.js';
import { stream, unary, type Method } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { LinkCall, LinkFrame } from '../../transport/acceptor.js';
import type { SnapshotCallIn } from '../../transport/snapshot-acceptor.js';

/** What stands behind the peer port, once this member knows who it is. */
export interface PeerHandlers {
  /** Undefined until this member takes part. */
  links(): PeerLinks | undefined;
  members(): raftkv.MembersResponse.$Properties;
  hash(question: raftkv.HashQuestion): Promise<raftkv.HashAnswer.$Properties>;
  onFatal(error: unknown): void;
}

export interface PeerLinks {
  acceptLink(call: LinkCall): void;
  acceptSnapshot(call: SnapshotCallIn): void;
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
        const links = handlers()?.links();
        if (links === undefined) call.fail(STARTING);
        else links.acceptLink(call);
      },
    }),
    stream<raftkv.SnapshotFrame>('bidi', {
      path: '/raftkv.Peer/Snapshot',
      decode: (body) => raftkv.SnapshotFrame.decode(body),
      handle: (call) => {
        const links = handlers()?.links();
        if (links === undefined) call.fail(STARTING);
        else links.acceptSnapshot(call);
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
    unary({
      path: '/raftkv.Peer/Hash',
      decode: (body) => raftkv.HashQuestion.decode(body),
      handle: (call, question) => {
        const ready = handlers();
        if (ready === undefined) return call.fail(STARTING);
        ready.hash(question).then(
          (answer) => call.respond(raftkv.HashAnswer.encode(answer).finish()),
          (error: unknown) => {
            call.fail({ code: Code.UNAVAILABLE, message: 'this member cannot read its state' });
            ready.onFatal(error);
          },
        );
      },
    }),
  ];
}
