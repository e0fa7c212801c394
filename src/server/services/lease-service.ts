import { etcdserverpb } from '../../gen/proto.js';
import { kvError } from '../../kv/errors.js';
import { LEASE_TTL_MAX_SECONDS, wireLeaseId } from '../../kv/leases/leases.js';
import type { KvStore, ReadResult } from '../../kv/store.js';
import type { Clock } from '../../ports/clock.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { WorkTurns } from '../../util/work-turns.js';
import type { Random } from '../../util/random.js';
import { REFUSALS, type Access } from '../requests/access.js';
import { statusOf } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import { newLeaseId } from '../lease/lease-id.js';
import { LeaseLists, type LeaseList } from '../lease/lease-lists.js';
import type { Lessor, LeaseOutcome } from '../lease/lessor.js';
import type { ClientSubmission, ClientWrites } from '../requests/client-writes.js';
import { answerCommand } from '../requests/command-answer.js';
import { inSession, refusesSession, type InSession } from '../requests/in-session.js';
import type { Evaluate, Reader, RefusedRead } from '../requests/reader.js';
import { LEASE_OVERHEAD_BYTES } from '../requests/quota.js';
import { PLAIN_READ } from '../requests/read-level.js';

const { LeaseGrantRequest, LeaseRevokeRequest, LeaseTimeToLiveRequest, LeaseTimeToLiveResponse } = etcdserverpb;
const { LeaseLeasesRequest } = etcdserverpb;

export interface LeaseServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly writes: ClientWrites;
  readonly reader: Pick<Reader, 'serve'>;
  readonly access: Access;
  readonly lessor: Pick<Lessor, 'ask' | 'endsMs' | 'order'>;
  readonly clock: Pick<Clock, 'soon'>;
  readonly random: Random;
  /** Smallest TTL, in seconds. Requests for less get this. */
  readonly ttlMinSeconds: number;
}

/** One and a half election timeouts, as in etcd, so that a lease can be renewed after a change of leader. */
export function leaseTtlMinSeconds(electionMs: number): number {
  return Math.ceil((1.5 * electionMs) / 1000);
}

/** etcd's Lease service, without the stream of LeaseKeepAlive (lease/keep-alives.ts). */
export function leaseService(options: LeaseServiceOptions): readonly Method[] {
  const { store, headers, writes, reader, lessor, clock, random, ttlMinSeconds } = options;
  const pause = (): Promise<void> => new Promise((resolve) => clock.soon(resolve));
  const lists = new LeaseLists({ store, lessor, pause });
  const turns = new WorkTurns(pause);
  const submit = (
    call: UnaryCall,
    { kind, request, session }: Pick<ClientSubmission, 'request' | 'session'> & { kind: 'leaseGrant' | 'leaseRevoke' },
  ): void => {
    if (refusesSession(call, { session })) return;
    writes.submit({
      call,
      kind,
      request,
      session,
      spaceBytes: kind === 'leaseGrant' ? LEASE_OVERHEAD_BYTES : 0,
      done: (outcome) => answerCommand(call, headers, outcome, session),
    });
  };
  return [
    unary({
      path: '/etcdserverpb.Lease/LeaseGrant',
      decode: inSession((body) => LeaseGrantRequest.decode(body)),
      handle: (call, { received: request, session }: InSession<etcdserverpb.LeaseGrantRequest>) => {
        const asked = clampInteger(request.TTL);
        if (asked > LEASE_TTL_MAX_SECONDS) return call.fail(statusOf(kvError('lease-ttl-too-large')));
        const id = toBigInt(request.ID);
        // Chosen before the proposal: all members must use the same id.
        const ID = wireLeaseId(id === 0n ? newLeaseId(random) : id);
        const granted = LeaseGrantRequest.encode({ ID, TTL: Math.max(asked, ttlMinSeconds) }).finish();
        submit(call, { kind: 'leaseGrant', request: granted, session });
      },
    }),
    unary({
      path: '/etcdserverpb.Lease/LeaseRevoke',
      decode: inSession((body) => LeaseRevokeRequest.decode(body)),
      handle: (call, { received: { ID }, session }: InSession<etcdserverpb.LeaseRevokeRequest>) => {
        const request = LeaseRevokeRequest.encode({ ID: wireLeaseId(toBigInt(ID)) }).finish();
        submit(call, { kind: 'leaseRevoke', request, session });
      },
    }),
    unary({
      path: '/etcdserverpb.Lease/LeaseTimeToLive',
      decode: (body) => LeaseTimeToLiveRequest.decode(body),
      handle: (call, request) => {
        timeToLive(call, { id: toBigInt(request.ID), keys: request.keys }, { ...options, turns });
      },
    }),
    unary({
      path: '/etcdserverpb.Lease/LeaseLeases',
      decode: (body) => LeaseLeasesRequest.decode(body),
      handle: (call) => {
        reader.serve(call, { ...PLAIN_READ, level: 'consistent' }, () => listLeases(call, lists, options));
      },
    }),
  ];
}

/**
 * As in etcd, whoever may not read a key that is attached to any lease does not see the list. Leases, keys and rights are of one
 * state.
 */
function listLeases(call: UnaryCall, lists: LeaseLists, options: LeaseServiceOptions): ReturnType<Evaluate> {
  const { store, access } = options;
  const mine = access.enabled ? access.rightsOf(call) : undefined;
  if (mine !== undefined && 'kind' in mine && !mine.isRoot) {
    // A call during the walk of an earlier state shares the next walk with all others that wait.
    const again = (): ReturnType<Evaluate> => listLeases(call, lists, options);
    const earlier = store.leasedKeys.earlier(mine.read);
    if (earlier !== undefined) return earlier.then(again, again);
  }
  const take = (): Refusable | Promise<Refusable> => {
    const rights = access.enabled ? access.rightsOf(call) : undefined;
    if (rights !== undefined && !('kind' in rights)) return { kind: 'refused', status: rights };
    const found = { kind: 'ok', revision: store.revision(), appliedIndex: store.appliedIndex() } as const;
    if (rights === undefined || rights.isRoot) return found;
    return store.leasedKeys
      .hold(rights.read)
      .then((mayRead) => (mayRead ? found : { kind: 'refused', status: REFUSALS.denied }));
  };
  const answer = ({ body, taken }: LeaseList<Refusable>): ReadResult | RefusedRead =>
    taken.kind === 'refused' ? taken : { ...taken, body };
  const listed = lists.list(take);
  return listed instanceof Promise ? listed.then(answer) : answer(listed);
}

/** What an answer to LeaseLeases says of the state beside the leases. */
type Refusable = RefusedRead | { readonly kind: 'ok'; readonly revision: number; readonly appliedIndex: number };

/** Keys of a lease that are checked and encoded in one turn: a lease may have very many. */
const SLICE_KEYS = 512;
/** The same in microseconds. */
const SLICE_UNITS = 2048;

/** The remaining time comes from the leader, the keys from this member. */
function timeToLive(
  call: UnaryCall,
  { id, keys }: { readonly id: bigint; readonly keys: boolean },
  { lessor, store, headers, reader, access, turns }: LeaseServiceOptions & { readonly turns: WorkTurns },
): void {
  const respond = (outcome: LeaseOutcome): void => {
    if (outcome.kind === 'failed') return call.fail(outcome.status);
    if (outcome.kind === 'not-found' || !keys) {
      return call.respond(headers.prepend(store.revision(), encodeTimeToLive(id, outcome)));
    }
    reader.serve(call, { ...PLAIN_READ, level: 'default' }, async () => {
      const appliedIndex = store.appliedIndex();
      // Both of one state: no turn is between them.
      const rights = access.enabled ? access.rightsOf(call) : undefined;
      const listed = store.keysOfLease(id, call);
      if (rights !== undefined && !('kind' in rights)) return { kind: 'refused', status: rights };
      const { keys: attached, revision } = await listed;
      const mayRead = (key: Uint8Array): boolean =>
        rights === undefined || rights.isRoot || rights.read.contain(key, EMPTY);
      // The lease may have ended since the leader answered.
      const body = [encodeTimeToLive(id, attached === undefined ? { kind: 'not-found' } : outcome)];
      const all = attached ?? [];
      for (let at = 0; at < all.length; at += SLICE_KEYS) {
        if (at > 0 && !(await turns.pause(SLICE_UNITS, call))) break;
        const slice = all.slice(at, at + SLICE_KEYS);
        if (!slice.every(mayRead)) return { kind: 'refused', status: REFUSALS.denied };
        body.push(LeaseTimeToLiveResponse.encode({ keys: slice }).finish());
      }
      return { kind: 'ok', revision, appliedIndex, body: body.length > 2 ? body : Buffer.concat(body) };
    });
  };
  lessor.ask(call, { id, renew: false }, respond);
}

function encodeTimeToLive(id: bigint, outcome: Exclude<LeaseOutcome, { readonly kind: 'failed' }>): Uint8Array {
  const ID = wireLeaseId(id);
  if (outcome.kind === 'not-found') return LeaseTimeToLiveResponse.encode({ ID, TTL: -1 }).finish();
  const TTL = Math.floor(outcome.remainingMs / 1000);
  return LeaseTimeToLiveResponse.encode({ ID, TTL, grantedTTL: outcome.ttlSeconds }).finish();
}
