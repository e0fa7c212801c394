import { status } from '@grpc/grpc-js';
import { RaftKvError, withFate } from '../errors.js';

// The errors of calls that ended on this side.

export function closedError(fate: RaftKvError['fate']): RaftKvError {
  return new RaftKvError({ code: 'closed', message: withFate('the client is closed', fate), fate, retryable: false });
}

export function cancelledError(fate: RaftKvError['fate'], signal: AbortSignal): RaftKvError {
  const cause: unknown = signal.reason;
  const message = withFate('the call was cancelled', fate);
  return new RaftKvError({ code: 'cancelled', message, fate, retryable: false, cause });
}

/** The deadline of a call has passed before its request was sent. */
export function timedOutError(message: string): RaftKvError {
  const grpcCode = status.DEADLINE_EXCEEDED;
  return new RaftKvError({ code: 'deadline-exceeded', message, grpcCode, fate: 'not-applied', retryable: true });
}
