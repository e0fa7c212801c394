import type { v3electionpb } from '../../gen/proto.js';
import { asBuffer } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import type { CallOptions, Dispatcher } from '../calls/dispatcher.js';
import { memberStream } from '../calls/member-stream.js';
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

/** Follows the leader of an election. @throws RaftKvError once no member has been reachable for as long as a call may take */
export function observe(
  { dispatcher, name }: ElectionSource,
  { signal }: Pick<CallOptions, 'signal'>,
): AsyncGenerator<Observation, void, undefined> {
  return memberStream(dispatcher, {
    method: OBSERVE,
    request: { name: toBytes(name) },
    read: withoutRepeats(),
    signal,
  });
}

/** The stream of another member starts with the current leader, which may have been delivered already. */
function withoutRepeats(): (
  responses: AsyncIterable<v3electionpb.LeaderResponse>,
) => AsyncGenerator<Observation | undefined, void, undefined> {
  let last = '';
  return async function* (responses) {
    for await (const { kv, header } of responses) {
      const next = new KeyValue(kv ?? {});
      const identity = `${next.modRevision} ${next.key.toString('latin1')}`;
      yield identity === last ? undefined : { kv: next, header: toHeader(header) };
      last = identity;
    }
  };
}
