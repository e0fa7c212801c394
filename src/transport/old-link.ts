import type { raftkv } from '../gen/proto.js';
import type { Clock } from '../ports/clock.js';
import type { NodeId } from '../raft/types.js';
import { CodecError } from './codec-error.js';
import { fromWireHello, versionMismatch } from './hello.js';
import type { RefusalLog } from './refusals.js';

const INVALID_ARGUMENT = 3;
const FAILED_PRECONDITION = 9;

/** The part of a gRPC bidirectional stream that a refusal needs. */
export interface OldLinkCall {
  onMessage(callback: (frame: raftkv.OldFrame) => void): void;
  onEnd(callback: () => void): void;
  onCancel(callback: () => void): void;
  fail(status: { readonly code: typeof INVALID_ARGUMENT | typeof FAILED_PRECONDITION; readonly message: string }): void;
}

export interface OldLinkOptions {
  readonly memberId: NodeId;
  readonly clock: Clock;
  /** Time that the caller has for its hello, in ms. */
  readonly timeoutMs: number;
  readonly refusals: RefusalLog;
}

/**
 * Members of version 2 have links over gRPC. Their hello is answered with the reason, which they log, and logged here.
 */
export function refuseOldLink(call: OldLinkCall, { memberId, clock, timeoutMs, refusals }: OldLinkOptions): void {
  let over = false;
  const fail = (code: typeof INVALID_ARGUMENT | typeof FAILED_PRECONDITION, reason: string): void => {
    if (over) return;
    end();
    refusals.refused('hello', 'refused a peer link', { reason });
    call.fail({ code, message: reason });
  };
  const cancelTimeout = clock.timeout(timeoutMs, () => fail(INVALID_ARGUMENT, `no hello within ${timeoutMs} ms`));
  const end = (): void => {
    over = true;
    cancelTimeout();
  };
  call.onMessage(({ hello }) => {
    try {
      const { from, version } = fromWireHello(hello);
      fail(FAILED_PRECONDITION, versionMismatch(memberId, from, version));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      fail(INVALID_ARGUMENT, error.message);
    }
  });
  call.onEnd(() => fail(INVALID_ARGUMENT, 'a link without a hello'));
  call.onCancel(end);
}
