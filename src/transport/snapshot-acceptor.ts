import { raftkv } from '../gen/proto.js';
import type { Clock } from '../ports/clock.js';
import type { SnapshotIntake } from '../ports/snapshot.js';
import type { Message, NodeId } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { CodecError } from './codec-error.js';
import { fromWireMessage } from './snapshot-codec.js';
import type { PeerErrorLog } from './error-log.js';
import { fromWireHello, mismatch, type Hello } from './hello.js';
import type { RefusalLog } from './refusals.js';
import type { Refusal } from './traffic.js';
import { REFUSED } from './snapshot-stream.js';

const INVALID_ARGUMENT = 3;
const ABORTED = 10;

/** The part of a gRPC bidirectional stream that an incoming snapshot needs. */
export interface SnapshotCallIn {
  onMessage(callback: (frame: raftkv.SnapshotFrame) => void): void;
  onEnd(callback: () => void): void;
  onCancel(callback: () => void): void;
  send(body: Uint8Array): boolean;
  pause(): void;
  resume(): void;
  end(): void;
  fail(status: {
    readonly code: typeof INVALID_ARGUMENT | typeof REFUSED | typeof ABORTED;
    readonly message: string;
  }): void;
}

export interface SnapshotAcceptorOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Time that a caller has for its first frame, in ms. */
  readonly helloTimeoutMs: number;
  /** Counts and logs callers that are not proven members. */
  readonly refusals: RefusalLog;
  /** Chooses the level for refusals of proven members. */
  readonly errors: PeerErrorLog;
  /** Checks that the sender of the hello is a member and has proved it. @throws StrangerError */
  readonly identify: (hello: Hello) => void;
  /** A frame has arrived. */
  readonly onBytes: (from: NodeId, bytes: number) => void;
  readonly open: (from: NodeId, message: Message) => Promise<SnapshotIntake | string>;
}

/** The caller is not a proven member. `final`: trying again at once would not help. */
export class StrangerError extends Error {
  readonly what: Refusal;
  readonly final: boolean;

  constructor(reason: string, { what, final }: { readonly what: Refusal; readonly final: boolean }) {
    super(reason);
    this.what = what;
    this.final = final;
  }
}

/** Receives one snapshot, from its first frame to its end. The sender waits while a frame is being stored. */
export function acceptSnapshot(call: SnapshotCallIn, options: SnapshotAcceptorOptions): void {
  let begun: { readonly from: NodeId; readonly intake: SnapshotIntake } | undefined;
  let over = false;
  let work: Promise<void> = Promise.resolve();
  const cancelTimeout = options.clock.timeout(options.helloTimeoutMs, () => fail(new CodecError('no hello')));
  const end = (finish: () => void): void => {
    if (over) return;
    over = true;
    cancelTimeout();
    begun?.intake.release();
    finish();
  };
  const fail = (error: unknown): void => {
    if (over) return;
    const { code, message } = failureOf(error);
    logFailure(error, options);
    end(() => call.fail({ code, message }));
  };
  const next = (step: () => Promise<void>): void => {
    call.pause();
    work = work
      .then(() => (over ? undefined : step()))
      .then(() => (over ? undefined : call.resume()))
      .catch(fail);
  };
  call.onMessage((frame) =>
    next(async () => {
      if (begun !== undefined) {
        options.onBytes(begun.from, frame.data.length);
        return begun.intake.take(frame.data);
      }
      cancelTimeout();
      begun = await begin(frame, options);
      const { intake } = begun;
      // The caller may have cancelled meanwhile.
      if (over) intake.release();
      else intake.onRetired((reason) => fail(new Error(reason)));
      if (!over) call.send(raftkv.SnapshotPlace.encode(intake.position).finish());
      return undefined;
    }),
  );
  call.onEnd(() =>
    next(async () => {
      if (begun === undefined) throw new CodecError('a stream without a snapshot');
      begun.intake.finish();
      end(() => call.end());
    }),
  );
  call.onCancel(() => end(() => undefined));
}

async function begin(
  frame: raftkv.SnapshotFrame,
  options: SnapshotAcceptorOptions,
): Promise<{ readonly from: NodeId; readonly intake: SnapshotIntake }> {
  const { clusterId, memberId, identify, errors, open } = options;
  const hello = fromWireHello(frame.hello);
  const wrong = mismatch({ clusterId, from: memberId }, hello);
  if (wrong !== undefined) throw new StrangerError(wrong, { what: 'hello', final: true });
  identify(hello);
  const message = fromWireMessage(frame.message ?? {});
  if (message.type !== 'MsgSnap' || message.to !== memberId || message.from !== hello.from) {
    throw new CodecError(`a ${message.type} from ${hex(message.from)} to ${hex(message.to)} instead of a MsgSnap`);
  }
  const intake = await open(hello.from, message);
  if (typeof intake === 'string') throw new UnwantedError(hello.from, intake);
  errors.forget(hello.from);
  return { from: hello.from, intake };
}

/** A proven member sends a snapshot that this one does not want. */
class UnwantedError extends Error {
  readonly from: NodeId;

  constructor(from: NodeId, reason: string) {
    super(reason);
    this.from = from;
  }
}

function logFailure(error: unknown, { logger, refusals, errors }: SnapshotAcceptorOptions): void {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof StrangerError) refusals.refused(error.what, 'refused a snapshot', { reason });
  else if (error instanceof CodecError) refusals.refused('frame', 'refused a snapshot', { reason });
  else if (error instanceof UnwantedError) {
    logger[errors.levelOf(error.from, reason)]('refused a snapshot', { peer: hex(error.from), reason });
  } else logger.warn('an incoming snapshot broke off', { reason });
}

function failureOf(error: unknown): {
  code: typeof INVALID_ARGUMENT | typeof REFUSED | typeof ABORTED;
  message: string;
} {
  const message = error instanceof Error ? error.message : String(error);
  const final = error instanceof UnwantedError || (error instanceof StrangerError && error.final);
  if (final) return { code: REFUSED, message };
  return { code: error instanceof CodecError ? INVALID_ARGUMENT : ABORTED, message };
}
