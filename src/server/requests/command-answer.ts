import { wholeBody } from '../../kv/format/wire.js';
import type { UnaryCall } from '../../rpc/service.js';
import { statusOf } from './errors.js';
import type { Headers } from './header.js';
import type { Outcome } from './proposer.js';

/** Answers a call with the outcome of its command: the body of the result behind a header, or the error. */
export function answerCommand(call: UnaryCall, headers: Headers, outcome: Outcome): void {
  if (outcome.kind === 'failed') return call.fail(outcome.status);
  const { result } = outcome;
  if (result.kind === 'error') return call.fail(statusOf(result.error));
  call.respond(headers.prepend(result.revision, wholeBody(result.body)));
}
