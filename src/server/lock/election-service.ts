import { v3electionpb } from '../../gen/proto.js';
import { wireLeaseId } from '../../kv/leases/leases.js';
import { unary, type CallContext, type Method, type UnaryCall } from '../../rpc/service.js';
import { Code } from '../../rpc/status.js';
import { EMPTY, equalBytes } from '../../util/bytes.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { createdAt, prefixOf, type Place } from './queue.js';
import { serveSteps, type LockServiceOptions } from './steps.js';
import { CallFailure } from './store-calls.js';

const { CampaignRequest, CampaignResponse, LeaderRequest, LeaderResponse } = v3electionpb;
const { ProclaimRequest, ResignRequest } = v3electionpb;

/** etcd's texts. */
const NO_LEADER = failure('election: no leader');
const NOT_LEADER = failure('election: not leader');
const NO_LEADER_KEY = failure('"leader" field must be provided');

/** etcd's Election service, without the stream of Observe (observations.ts). */
export function electionService(options: LockServiceOptions): readonly Method[] {
  const { calls, queues, leaseOr, headers } = options;
  const method = <Request>(
    name: string,
    decode: (body: Uint8Array) => Request,
    steps: (call: UnaryCall, request: Request) => Promise<void>,
  ): Method =>
    unary({
      path: `/v3electionpb.Election/${name}`,
      decode,
      handle: (call, request: Request) => serveSteps(call, options, () => steps(call, request)),
    });

  return [
    method('Campaign', (body) => CampaignRequest.decode(body), campaign),
    method(
      'Proclaim',
      (body) => ProclaimRequest.decode(body),
      async (call, { leader, value }) => {
        const { key, revision, lease } = leaderKey(leader);
        // Without a lease the key would outlive the leader.
        const storeRevision = await say(call, { key, revision, lease: await leaseOr(call, lease), value });
        call.respond(headers.prepend(storeRevision, EMPTY));
      },
    ),
    method(
      'Leader',
      (body) => LeaderRequest.decode(body),
      async (call, { name }) => {
        await calls.fresh(call);
        const { kvs, revision } = await queues.first(call, prefixOf(name));
        const [kv] = kvs;
        if (kv === undefined) throw NO_LEADER();
        call.respond(headers.prepend(revision, LeaderResponse.encode({ kv }).finish()));
      },
    ),
    method(
      'Resign',
      (body) => ResignRequest.decode(body),
      async (call, { leader }) => {
        const { key, revision } = leaderKey(leader);
        const { revision: storeRevision } = await calls.txn(call, {
          compare: [createdAt(key, revision)],
          success: [{ requestDeleteRange: { key } }],
        });
        call.respond(headers.prepend(storeRevision, EMPTY));
      },
    ),
  ];

  async function campaign(call: UnaryCall, { name, lease, value }: v3electionpb.CampaignRequest): Promise<void> {
    const own = await leaseOr(call, toBigInt(lease));
    const place = await queues.join(call, { name, lease: own, value });
    // A candidate that campaigns again may have a new value.
    if (!equalBytes(place.value, value)) await say(call, { ...place, lease: own, value });
    await queues.turn(call, place);
    const leader = { name, key: place.key, rev: place.revision, lease: wireLeaseId(own) };
    call.respond(headers.prepend(place.storeRevision, CampaignResponse.encode({ leader }).finish()));
  }

  /** Replaces the value of a key that this candidate holds. */
  async function say(
    call: CallContext,
    said: Pick<Place, 'key' | 'revision' | 'value'> & { readonly lease: bigint },
  ): Promise<number> {
    const { key, revision, value, lease } = said;
    const { response, revision: storeRevision } = await calls.txn(call, {
      compare: [createdAt(key, revision)],
      success: [{ requestPut: { key, value, lease: wireLeaseId(lease) } }],
    });
    if (!response.succeeded) throw NOT_LEADER();
    return storeRevision;
  }
}

function leaderKey(leader: v3electionpb.LeaderKey.$Properties | null | undefined): {
  readonly key: Uint8Array;
  readonly revision: number;
  readonly lease: bigint;
} {
  if (leader === null || leader === undefined) throw NO_LEADER_KEY();
  return { key: leader.key ?? EMPTY, revision: clampInteger(leader.rev), lease: toBigInt(leader.lease) };
}

function failure(message: string): () => CallFailure {
  return () => new CallFailure({ code: Code.UNKNOWN, message });
}
