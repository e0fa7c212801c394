import { wholeBody } from '../../kv/format/wire.js';
import type { SessionCall } from '../../kv/sessions/session-call.js';
import type { UnaryCall } from '../../rpc/service.js';
import { statusOf } from './errors.js';
import type { Headers } from './header.js';
import { markedBody } from './in-session.js';
import type { Outcome } from './proposer.js';

/**
 * Answers a call with the outcome of its command: the body of the result behind a header, or the error.
 * @param session that of the request
 */
export function answerCommand(call: UnaryCall, headers: Headers, outcome: Outcome, session?: SessionCall): void {
  if (outcome.kind === 'failed') return call.fail(outcome.status);
  const { result } = outcome;
  if (result.kind === 'error') return call.fail(statusOf(result.error));
  call.respond(headers.prepend(result.revision, wholeBody(markedBody(result.body, { session }))));
}
