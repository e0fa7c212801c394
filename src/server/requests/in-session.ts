import type { EncodedBody } from '../../kv/format/wire.js';
import { sessionProblem, splitSession, type ReceivedWrite } from '../../kv/sessions/session-call.js';
import type { UnaryCall } from '../../rpc/service.js';
import { SESSION_MARK } from '../../util/session-mark.js';
import { invalidExtension } from './errors.js';

/** A decoded write request, with the session that it is of. */
export interface InSession<T> extends Pick<ReceivedWrite, 'session'> {
  readonly received: T;
}

/** Makes a decoder that takes the session out of a request before it decodes the rest. */
export function inSession<T>(decode: (bytes: Uint8Array) => T): (bytes: Uint8Array) => InSession<T> {
  return (bytes) => {
    const { request, session } = splitSession(bytes);
    return { received: decode(request), session };
  };
}

/** Fails a call whose session is malformed. @returns whether it did */
export function refusesSession(call: UnaryCall, { session }: Pick<ReceivedWrite, 'session'>): boolean {
  const problem = session === undefined ? undefined : sessionProblem(session);
  if (problem === undefined) return false;
  call.fail(invalidExtension(problem));
  return true;
}

/** The body of an answer, which states that the request was applied in its session, if it has one. */
export function markedBody(body: EncodedBody, { session }: Pick<ReceivedWrite, 'session'>): EncodedBody {
  if (session === undefined) return body;
  return body instanceof Uint8Array ? Buffer.concat([body, SESSION_MARK]) : [...body, SESSION_MARK];
}
