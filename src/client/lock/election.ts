import { onAbort } from '../../util/abort.js';
import { asBuffer } from '../../util/bytes.js';
import { endable } from '../../util/endable.js';
import { clampInteger } from '../../util/integer.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { RaftKvError } from '../errors.js';
import { isUnreachable } from '../calls/failures.js';
import { KeyValue, toHeader } from '../keys/key-value.js';
import type { Header } from '../keys/key-value.js';
import { toBytes } from '../keys/key-range.js';
import type { Bytes, RangeSelector } from '../keys/key-range.js';
import { CAMPAIGN, OBSERVE, PROCLAIM } from '../calls/methods.js';
import { takeTurn, Turn } from './turn.js';
import type { Grant, Held, TurnOptions } from './turn.js';
import { leaseIdToWire } from '../calls/ids.js';

/**
 * The leadership of an election, until it is resigned or its lease is lost:
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

  /** Says something else to those who ask who leads. @throws RaftKvError `lease-lost` where it is somebody else by now */
  async proclaim(value: Bytes, options: CallOptions = {}): Promise<{ readonly header: Header }> {
    const { name, key, revision: rev, lease } = this;
    const leader = { name, key, rev, lease: leaseIdToWire(lease.id) };
    const { header } = await this.#dispatcher.call(PROCLAIM, { leader, value: toBytes(value) }, options);
    return { header: toHeader(header) };
  }

  /** Lets the next one lead; where it is lost already, nothing is left to do. @throws RaftKvError */
  async resign(options: CallOptions = {}): Promise<void> {
    await this.lease.revoke(options);
  }
}

interface LeadershipSource extends ElectionSource {
  readonly lease: Turn['lease'];
  readonly held: Held;
}

interface ElectionSource {
  readonly dispatcher: Dispatcher;
  readonly name: Bytes;
}

/** @throws RaftKvError */
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
      toHeld: ({ leader }) =>
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

/** The candidates of an election: whoever's key was created first leads. */
export function candidatesOf(name: Bytes): RangeSelector {
  return { prefix: Buffer.concat([toBytes(name), Buffer.from('/')]) };
}

/** Who leads, and what it says. */
export interface Observation {
  readonly kv: KeyValue;
  readonly header: Header;
}

/** A member that is cut off ends the stream, which goes on at another. */
const METADATA = { hasleader: 'true' };

/** @throws RaftKvError once no member can be reached for as long as a call may take */
export function observe(
  source: ElectionSource,
  { signal }: Pick<CallOptions, 'signal'>,
): AsyncGenerator<Observation, void, undefined> {
  const ended = new AbortController();
  return endable(observations(source, { signal, ended: ended.signal }), () => ended.abort());
}

/** @param options.ended nobody wants to hear more */
async function* observations(
  { dispatcher, name }: ElectionSource,
  { signal, ended }: { readonly signal: AbortSignal | undefined; readonly ended: AbortSignal },
): AsyncGenerator<Observation, void, undefined> {
  const either = new AbortController();
  const forget = onAbort([ended, signal], () => either.abort(signal?.reason));
  try {
    yield* followed({ dispatcher, name }, either.signal);
  } finally {
    forget();
  }
}

async function* followed(
  { dispatcher, name }: ElectionSource,
  signal: AbortSignal,
): AsyncGenerator<Observation, void, undefined> {
  const { connectTimeoutMs } = dispatcher.settings;
  const members = dispatcher.endpoints.length;
  let told = '';
  let reachedMs = performance.now();
  for (let attempt = 0; ; attempt++) {
    dispatcher.checkOpen(signal);
    const options = { deadlineMs: Infinity, connectTimeoutMs, signal, kind: OBSERVE.kind, metadata: METADATA };
    try {
      for await (const { kv, header } of dispatcher
        .connection(attempt)
        .stream(OBSERVE, { name: toBytes(name) }, options)) {
        const next = new KeyValue(kv ?? {});
        // Another member begins with what the one before may have told last.
        const identity = `${next.modRevision} ${next.key.toString('latin1')}`;
        if (identity === told) continue;
        told = identity;
        yield { kv: next, header: toHeader(header) };
      }
      reachedMs = performance.now();
    } catch (error) {
      if (!(error instanceof RaftKvError) || !error.retryable) throw error;
      if (!isUnreachable(error)) reachedMs = performance.now();
      else if (performance.now() - reachedMs > dispatcher.timeoutMs) throw error;
    }
    if (attempt % members === members - 1) {
      await dispatcher.pause(Math.floor(attempt / members), { deadlineMs: Infinity, signal });
    }
  }
}
