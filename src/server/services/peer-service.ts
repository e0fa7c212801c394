import type { Duplex } from 'node:stream';
import { raftkv } from '../../gen/proto.js';
import type { Clock } from '../../ports/clock.js';
import { stream, unary, type Method } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import type { IncomingOptions } from '../../transport/acceptor-options.js';
import type { OldLinkCall } from '../../transport/old-link.js';
import type { SnapshotCallIn } from '../../transport/snapshot-acceptor.js';
import { sourceOf } from '../../util/source-set.js';
import { HashSlots } from './hash-slots.js';

/** The member behind the peer port, once it knows its identity. */
export interface PeerHandlers {
  /** Undefined until this member takes part. */
  links(): PeerLinks | undefined;
  members(): raftkv.MembersResponse.$Properties;
  hash(question: raftkv.HashQuestion): Promise<raftkv.HashAnswer.$Properties>;
  onFatal(error: unknown): void;
}

export interface PeerLinks {
  acceptLink(socket: Duplex, options: IncomingOptions): void;
  refuseOldLink(call: OldLinkCall): void;
  acceptSnapshot(call: SnapshotCallIn, onProven: () => void): void;
}

export interface PeerServiceOptions {
  readonly handlers: () => PeerHandlers | undefined;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether a member is at this source. */
  readonly isMember: (source: string) => boolean;
  /** A call on the connection from this address is proven to come from a member. */
  readonly onProven?: (remote: string | undefined) => void;
}

export const STARTING: Status = { code: Code.UNAVAILABLE, message: 'this member is starting' };
/** The asking member asks again after a while. */
const BUSY: Status = { code: Code.RESOURCE_EXHAUSTED, message: 'this member is busy with other hashes' };

/**
 * The peer port. It answers from the first moment on: members that start together ask each other for the members of the
 * cluster, so none may wait for another one. Any caller gets `Members` and `Hash`, as from etcd's peer port, since a
 * newcomer has no proof yet. `Members` costs little; `Hash` reads the whole state, so it is bounded: see HashSlots.
 */
export function peerService({ handlers, clock, isMember, onProven }: PeerServiceOptions): readonly Method[] {
  return [
    stream<raftkv.OldFrame>('bidi', {
      path: '/raftkv.Peer/Link',
      decode: (body) => raftkv.OldFrame.decode(body),
      handle: (call) => {
        const links = handlers()?.links();
        if (links === undefined) call.fail(STARTING);
        else links.refuseOldLink(call);
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
    hashMethod(handlers, new HashSlots({ clock, isMember })),
  ];
}

function hashMethod(handlers: () => PeerHandlers | undefined, slots: HashSlots): Method {
  return unary({
    path: '/raftkv.Peer/Hash',
    decode: (body) => raftkv.HashQuestion.decode(body),
    handle: (call, question) => {
      const ready = handlers();
      if (ready === undefined) return call.fail(STARTING);
      const taken = slots.take(sourceOf(call.remote), async () => {
        if (call.cancelled) return;
        try {
          call.respond(raftkv.HashAnswer.encode(await ready.hash(question)).finish());
        } catch (error) {
          call.fail({ code: Code.UNAVAILABLE, message: 'this member cannot read its state' });
          ready.onFatal(error);
        }
      });
      if (!taken) call.fail(BUSY);
    },
  });
}
