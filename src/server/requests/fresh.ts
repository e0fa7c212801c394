import type { RaftNode } from '../../node/node.js';
import { NONE } from '../../raft/types.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Errors } from './errors.js';
import type { PendingCall, PendingCalls } from './pending.js';

export interface FreshOptions {
  readonly node: Pick<RaftNode, 'read' | 'status' | 'leaderIsLost'>;
  readonly pending: PendingCalls;
}

/**
 * Waits until this member has applied everything that was acknowledged anywhere before the call: a linearizable read of nothing.
 * @param done called once, in this turn if there is nothing to wait for; with the reason if this cannot be known
 */
export function whenFresh(
  { node, pending }: FreshOptions,
  call: CallContext,
  done: (failed: Status | undefined) => void,
): void {
  if (node.leaderIsLost) return done(Errors.noLeader);
  const waiting = {
    call,
    abandoned: false,
    place: -1,
    ready: (): void => {
      if (pending.remove(waiting)) done(undefined);
    },
    expire: (why: Parameters<PendingCall['expire']>[0]): void => {
      waiting.abandoned = true;
      const late = node.status().leader === NONE ? Errors.noLeader : Errors.timeout;
      done(why === 'stopped' ? Errors.stopped : late);
    },
  };
  const state = node.read('consistent', waiting);
  if (state === 'now') return done(undefined);
  if (state !== 'waiting') return done(state === 'full' ? Errors.tooManyRequests : Errors.stopped);
  pending.add(waiting);
}
