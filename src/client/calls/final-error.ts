import { RaftKvError, withFate } from '../errors.js';
import { isUnreachable } from './failures.js';

// The errors that a call reports after attempts at several members.

/** The failure of a call that no member could be reached for. It names all endpoints, not only the last one tried. */
export function noneReached(last: RaftKvError, connections: readonly { readonly endpoint: string }[]): RaftKvError {
  // An authentication that reached no member has tried them all.
  if (connections.length === 1 || last.cause instanceof RaftKvError) return last;
  const endpoints = connections.map(({ endpoint }) => endpoint).join(', ');
  return new RaftKvError({
    code: last.code === 'tls-failed' ? 'tls-failed' : 'unavailable',
    message: `no member can be reached at ${endpoints} (last tried ${last.message})`,
    fate: 'not-applied',
    retryable: last.retryable,
    cause: last,
    ...(last.grpcCode === undefined ? {} : { grpcCode: last.grpcCode }),
  });
}

/** The error of a write of which an earlier attempt may have been applied. */
export function withUnknownFate(last: RaftKvError): RaftKvError {
  if (last.fate === 'unknown') return last;
  const { code, retryable, grpcCode, message } = last;
  return new RaftKvError({
    code,
    message: withFate(message, 'unknown'),
    fate: 'unknown',
    retryable,
    cause: last,
    ...(grpcCode === undefined ? {} : { grpcCode }),
  });
}

/**
 * The error to report. If the last attempt met silence or a dead member, the last answer from a living member explains the
 * failure better. The fate is that of the last attempt, because all attempts before it provably changed nothing.
 */
export function withAnswer(last: RaftKvError, answer: RaftKvError | undefined): RaftKvError {
  if (answer === undefined || answer === last || !last.retryable) return last;
  if (isUnreachable(last)) return answer;
  const { code, fate, retryable, grpcCode, message } = last;
  return new RaftKvError({
    code,
    message: `${message}; the last answer: ${answer.message}`,
    fate,
    retryable,
    cause: last,
    ...(grpcCode === undefined ? {} : { grpcCode }),
  });
}
