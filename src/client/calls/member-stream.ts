import { onAbort } from '../../util/abort.js';
import { endable } from '../../util/endable.js';
import { mayRenew } from '../auth/with-token.js';
import { RaftKvError } from '../errors.js';
import type { Dispatcher } from './dispatcher.js';
import { isUnreachable, isWorthAnotherMember } from './failures.js';
import type { Method } from './method.js';
import { Reach } from './reach.js';

/** A member that has lost its leader ends the stream, which continues at another. */
const METADATA = { hasleader: 'true' };

export interface MemberStreamOptions<Request, Response, Item> {
  /** Answered by a stream. */
  readonly method: Method<Request, Response>;
  readonly request: Request;
  /** The items of one stream. Undefined is left out; like an item, it shows that the member answers. */
  readonly read: (responses: AsyncIterable<Response>) => AsyncIterable<Item | undefined>;
  /** Ends the items, which reject as `cancelled`. */
  readonly signal: AbortSignal | undefined;
}

/**
 * The items of a server stream that is opened again, at the next member, when it fails or ends. Ends at once when the consumer
 * stops.
 * @throws RaftKvError a refusal that another member would repeat, or the last failure once no member can be reached
 */
export function memberStream<Request, Response, Item>(
  dispatcher: Dispatcher,
  options: MemberStreamOptions<Request, Response, Item>,
): AsyncGenerator<Item, void, undefined> {
  const ended = new AbortController();
  return endable(untilEnded(dispatcher, options, ended.signal), () => ended.abort());
}

async function* untilEnded<Request, Response, Item>(
  dispatcher: Dispatcher,
  options: MemberStreamOptions<Request, Response, Item>,
  ended: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const { signal } = options;
  const either = new AbortController();
  const forget = onAbort([ended, signal], () => either.abort(signal?.reason));
  try {
    yield* fromMemberToMember(dispatcher, { ...options, signal: either.signal });
  } finally {
    forget();
  }
}

async function* fromMemberToMember<Request, Response, Item>(
  dispatcher: Dispatcher,
  { method, request, read, signal }: MemberStreamOptions<Request, Response, Item>,
): AsyncGenerator<Item, void, undefined> {
  const { connectTimeoutMs, timeoutMs, unreachableMs } = dispatcher.settings;
  const members = dispatcher.endpoints.length;
  const reach = new Reach();
  let answered = false;
  let renewals = 0;
  for (let attempt = 0; ; attempt++) {
    dispatcher.checkOpen(signal);
    let failure: RaftKvError | undefined;
    const options = { deadlineMs: Infinity, connectTimeoutMs, signal, kind: method.kind, metadata: METADATA };
    try {
      for await (const item of read(dispatcher.connection(attempt).stream(method, request, options))) {
        answered = true;
        renewals = 0;
        if (item !== undefined) yield item;
      }
      reach.working();
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      const renews = answered && dispatcher.hasUser && mayRenew(error, renewals);
      if (!isWorthAnotherMember(error) && !renews) throw error;
      if (renews) renewals++;
      if (!isUnreachable(error)) reach.working();
      else {
        failure = error;
        reach.failed(error);
      }
    }
    const roundOver = attempt % members === members - 1;
    const limits = { totalMs: timeoutMs, unreachableMs: answered ? timeoutMs : Math.min(timeoutMs, unreachableMs) };
    const isInsecure = !answered && reach.isInsecure(members);
    if (failure !== undefined && (isInsecure || reach.isOver(limits, roundOver))) throw dispatcher.noneReached(failure);
    if (roundOver) await dispatcher.pause(Math.floor(attempt / members), { deadlineMs: Infinity, signal });
  }
}
