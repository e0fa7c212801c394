import { onAbort } from '../../util/abort.js';
import { asBuffer } from '../../util/bytes.js';
import { endable } from '../../util/endable.js';
import { clampInteger } from '../../util/integer.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { Reach } from '../calls/reach.js';
import { RaftKvError } from '../errors.js';
import { isUnreachable, isWorthAnotherMember } from '../calls/failures.js';
import { mayRenew } from '../auth/with-token.js';
import { KeyValue, toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { toBytes } from '../keys/key-range.js';
import type { Bytes, RangeSelector } from '../keys/key-range.js';
import { CAMPAIGN, OBSERVE, PROCLAIM } from '../calls/methods.js';
import { takeTurn, Turn } from './turn.js';
import type { Grant, Place, TurnOptions } from './turn.js';
import { leaseIdToWire } from '../calls/ids.js';

/**
 * The leadership of an election, held until it is resigned or its lease is lost:
 *
 *     await using leadership = await client.campaign('scheduler', 'host 7');
 *     await leadership.proclaim('host 7, port 80');
 */
export class Leadership extends Turn {
  readonly name: Buffer;
  readonly #dispatcher: Dispatcher;

  constructor({ dispatcher, name, ...turn }: LeadershipSource) {
    super(turn);
    this.name = asBuffer(toBytes(name));
    this.#dispatcher = dispatcher;
  }

  /** Changes the leader's value. @throws RaftKvError `lease-lost` if the leadership is lost */
  async proclaim(value: Bytes, options: CallOptions = {}): Promise<{ readonly header: Header }> {
    const { name, key, revision: rev, lease } = this;
    const leader = { name, key, rev, lease: leaseIdToWire(lease.id) };
    const { header } = await this.#dispatcher.call(PROCLAIM, { leader, value: toBytes(value) }, options);
    return { header: toHeader(header) };
  }

  /** Resigns, so that the next candidate leads. Does nothing if the leadership is lost. @throws RaftKvError */
  async resign(options: CallOptions = {}): Promise<void> {
    await this.lease.revoke(options);
  }
}

interface LeadershipSource extends ElectionSource {
  readonly lease: Turn['lease'];
  readonly place: Place;
}

interface ElectionSource {
  readonly dispatcher: Dispatcher;
  readonly name: Bytes;
}

/** Waits until the candidate leads. @throws RaftKvError */
export async function campaign(
  { dispatcher, name, grant }: ElectionSource & { readonly grant: Grant },
  value: Bytes,
  options: TurnOptions,
): Promise<Leadership> {
  const turn = await takeTurn(
    {
      dispatcher,
      grant,
      method: CAMPAIGN,
      request: (lease) => ({ name: toBytes(name), value: toBytes(value), lease: leaseIdToWire(lease.id) }),
      toPlace: ({ leader }) =>
        Promise.resolve(
          leader?.key === undefined || leader.key === null
            ? undefined
            : { key: asBuffer(leader.key), revision: clampInteger(leader.rev) },
        ),
    },
    options,
  );
  return new Leadership({ dispatcher, name, ...turn });
}

/** The keys of an election's candidates. The candidate whose key was created first leads. */
export function candidatesOf(name: Bytes): RangeSelector {
  return { prefix: Buffer.concat([toBytes(name), Buffer.from('/')]) };
}

/** The leader of an election: its key and value. */
export interface Observation {
  readonly kv: KeyValue;
  readonly header: Header;
}

/** A member that has lost its leader ends the stream, which continues at another. */
const METADATA = { hasleader: 'true' };

/** Follows the leader of an election. @throws RaftKvError once no member has been reachable for as long as a call may take */
export function observe(
  source: ElectionSource,
  { signal }: Pick<CallOptions, 'signal'>,
): AsyncGenerator<Observation, void, undefined> {
  const ended = new AbortController();
  return endable(observations(source, { signal, ended: ended.signal }), () => ended.abort());
}

/** @param options.ended aborted when the consumer stops */
async function* observations(
  { dispatcher, name }: ElectionSource,
  { signal, ended }: { readonly signal: AbortSignal | undefined; readonly ended: AbortSignal },
): AsyncGenerator<Observation, void, undefined> {
  const either = new AbortController();
  const forget = onAbort([ended, signal], () => either.abort(signal?.reason));
  try {
    yield* fromMemberToMember({ dispatcher, name }, either.signal);
  } finally {
    forget();
  }
}

async function* fromMemberToMember(
  { dispatcher, name }: ElectionSource,
  signal: AbortSignal,
): AsyncGenerator<Observation, void, undefined> {
  const { connectTimeoutMs, timeoutMs, unreachableMs } = dispatcher.settings;
  const members = dispatcher.endpoints.length;
  const reach = new Reach();
  let last = '';
  let answered = false;
  let renewals = 0;
  for (let attempt = 0; ; attempt++) {
    dispatcher.checkOpen(signal);
    let failure: RaftKvError | undefined;
    const options = { deadlineMs: Infinity, connectTimeoutMs, signal, kind: OBSERVE.kind, metadata: METADATA };
    try {
      for await (const { kv, header } of dispatcher
        .connection(attempt)
        .stream(OBSERVE, { name: toBytes(name) }, options)) {
        const next = new KeyValue(kv ?? {});
        answered = true;
        renewals = 0;
        // The stream of another member starts with the current leader, which may have been delivered already.
        const identity = `${next.modRevision} ${next.key.toString('latin1')}`;
        if (identity === last) continue;
        last = identity;
        yield { kv: next, header: toHeader(header) };
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
    if (roundOver) {
      await dispatcher.pause(Math.floor(attempt / members), { deadlineMs: Infinity, signal });
    }
  }
}
