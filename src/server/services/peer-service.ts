import { raftkv } from '../../gen/proto.js';
import { stream, unary, type Method } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { LinkCall, LinkFrame } from '../../transport/acceptor.js';
import type { SnapshotCallIn } from '../../transport/snapshot-acceptor.js';

/** The member behind the peer port, once it knows its identity. */
export interface PeerHandlers {
  /** Undefined until this member takes part. */
  links(): PeerLinks | undefined;
  members(): raftkv.MembersResponse.$Properties;
  hash(question: raftkv.HashQuestion): Promise<raftkv.HashAnswer.$Properties>;
  onFatal(error: unknown): void;
}

export interface PeerLinks {
  acceptLink(call: LinkCall, onProven: () => void): void;
  acceptSnapshot(call: SnapshotCallIn, onProven: () => void): void;
}

export interface PeerServiceOptions {
  readonly handlers: () => PeerHandlers | undefined;
  /** A call on the connection from this address is proven to come from a member. */
  readonly onProven?: (remote: string | undefined) => void;
}

const STARTING: Status = { code: Code.UNAVAILABLE, message: 'this member is starting' };
const BUSY: Status = { code: Code.UNAVAILABLE, message: 'this member is busy with other hashes' };
/** Hashes computed at the same time. Each reads the whole state, and any caller may ask for one. */
const HASHES_MAX = 2;

/**
 * The peer port. It answers from the first moment on: members that start together ask each other for the members of the
 * cluster, so none may wait for another one. Any caller gets `Members` and `Hash`, since a newcomer has no proof yet.
 */
export function peerService({ handlers, onProven }: PeerServiceOptions): readonly Method[] {
  return [
    stream<LinkFrame>('bidi', {
      path: '/raftkv.Peer/Link',
      decode: (body) => ({ frame: raftkv.PeerFrame.decode(body), bytes: body.length }),
      handle: (call) => {
        const links = handlers()?.links();
        if (links === undefined) call.fail(STARTING);
        else links.acceptLink(call, () => onProven?.(call.remote));
      },
    }),
    stream<raftkv.SnapshotFrame>('bidi', {
      path: '/raftkv.Peer/Snapshot',
      decode: (body) => raftkv.SnapshotFrame.decode(body),
      handle: (call) => {
        const links = handlers()?.links();
        if (links === undefined) call.fail(STARTING);
        else links.acceptSnapshot(call, () => onProven?.(call.remote));
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
    hashMethod(handlers),
  ];
}

function hashMethod(handlers: () => PeerHandlers | undefined): Method {
  let underWay = 0;
  return unary({
    path: '/raftkv.Peer/Hash',
    decode: (body) => raftkv.HashQuestion.decode(body),
    handle: (call, question) => {
      const ready = handlers();
      if (ready === undefined) return call.fail(STARTING);
      if (underWay >= HASHES_MAX) return call.fail(BUSY);
      underWay += 1;
      ready
        .hash(question)
        .then(
          (answer) => call.respond(raftkv.HashAnswer.encode(answer).finish()),
          (error: unknown) => {
            call.fail({ code: Code.UNAVAILABLE, message: 'this member cannot read its state' });
            ready.onFatal(error);
          },
        )
        .finally(() => (underWay -= 1));
    },
  });
}
