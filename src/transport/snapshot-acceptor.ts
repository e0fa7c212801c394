import { raftkv } from '../gen/proto.js';
import type { Clock } from '../ports/clock.js';
import type { SnapshotIntake } from '../ports/snapshot.js';
import type { Message, NodeId } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import { CodecError, fromWireMessage } from './codec.js';
import type { PeerErrorLog } from './error-log.js';
import { decodeHello, hex, mismatch } from './hello.js';
import { REFUSED } from './snapshot-stream.js';

const INVALID_ARGUMENT = 3;
const ABORTED = 10;

/** What the acceptor needs of the call that carries a snapshot; the gRPC runtime's bidirectional stream is one. */
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
  /** Time that a caller has to say what it brings, in ms. */
  readonly helloTimeoutMs: number;
  /** What is in the log already. */
  readonly refusals: PeerErrorLog;
  /** Takes in whoever calls, or says in one line why it is not talked to. */
  readonly refusal: (from: NodeId, urls: readonly string[]) => string | undefined;
  /** What a frame of a snapshot holds has come. */
  readonly onBytes: (from: NodeId, bytes: number) => void;
  readonly open: (from: NodeId, message: Message) => Promise<SnapshotIntake | string>;
}

/** One incoming snapshot, from its first frame to its end. Frames are taken one by one; the sender waits meanwhile. */
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
      // It may have gone meanwhile.
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
  const { clusterId, memberId, refusal, refusals, open } = options;
  const hello = decodeHello(frame);
  const message = fromWireMessage(frame.message ?? {});
  if (message.type !== 'MsgSnap' || message.to !== memberId || message.from !== hello.from) {
    throw new CodecError(`a ${message.type} from ${hex(message.from)} to ${hex(message.to)} in the place of a MsgSnap`);
  }
  const reason = mismatch({ clusterId, from: memberId }, hello) ?? refusal(hello.from, hello.urls);
  if (reason !== undefined) throw new Refusal(hello.from, reason);
  const intake = await open(hello.from, message);
  if (typeof intake === 'string') throw new Refusal(hello.from, intake);
  refusals.forget(hello.from);
  return { from: hello.from, intake };
}

class Refusal extends Error {
  readonly from: NodeId;

  constructor(from: NodeId, reason: string) {
    super(reason);
    this.from = from;
  }
}

/** A sender that is refused may call again every few seconds, for days. */
function logFailure(error: unknown, { logger, refusals }: SnapshotAcceptorOptions): void {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof Refusal) {
    logger[refusals.levelOf(error.from, reason)]('refused a snapshot', { peer: hex(error.from), reason });
  } else logger.warn('a snapshot from a peer broke off', { reason });
}

function failureOf(error: unknown): {
  code: typeof INVALID_ARGUMENT | typeof REFUSED | typeof ABORTED;
  message: string;
} {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Refusal) return { code: REFUSED, message };
  return { code: error instanceof CodecError ? INVALID_ARGUMENT : ABORTED, message };
}
