import { etcdserverpb } from '../../src/gen/proto.js';
import type { VirtualMember } from './virtual-member.js';

// Calls of a client to a virtual member, and their results.

/** A receiver of calls: a member, or a client of one. */
export type Callable = Pick<VirtualMember, 'call'>;

const { PutRequest, PutResponse, RangeRequest, RangeResponse, ReadLevel } = etcdserverpb;
const { MemberAddRequest, MemberAddResponse, MemberRemoveRequest } = etcdserverpb;

export type Level = 'default' | 'consistent' | 'stale';

/** The outcome of a put; an `unknown` one may still take effect. */
export type PutResult = { readonly kind: 'ok'; readonly revision: number } | { readonly kind: 'failed' | 'unknown' };

/** Statuses that promise that nothing was proposed. */
export const NOT_PROPOSED = new Set([
  'etcdserver: no leader',
  'etcdserver: too many requests',
  'etcdserver: rpc not supported for learner',
  'etcdserver: server stopped: this member was removed from the cluster',
]);

export async function put(member: Callable, key: string, value: string): Promise<PutResult> {
  const request = PutRequest.encode({ key: Buffer.from(key), value: Buffer.from(value) }).finish();
  const result = await member.call('/etcdserverpb.KV/Put', request);
  if (result.kind === 'error') return { kind: NOT_PROPOSED.has(result.status.message) ? 'failed' : 'unknown' };
  return { kind: 'ok', revision: Number(PutResponse.decode(result.body).header?.revision) };
}

export type GetResult =
  | {
      readonly kind: 'ok';
      readonly value: string | null;
      readonly revision: number;
      readonly stalenessMs: number | undefined;
    }
  | { readonly kind: 'failed'; readonly message: string };

export async function get(
  member: Callable,
  key: string,
  options: { level: Level; maxStalenessMs?: number; atLeastRevision?: number },
): Promise<GetResult> {
  const { level, maxStalenessMs = 0, atLeastRevision = 0 } = options;
  const readLevel = { default: ReadLevel.DEFAULT, consistent: ReadLevel.CONSISTENT, stale: ReadLevel.STALE }[level];
  const request = RangeRequest.encode({ key: Buffer.from(key), readLevel, maxStalenessMs, atLeastRevision }).finish();
  const result = await member.call('/etcdserverpb.KV/Range', request);
  if (result.kind === 'error') return { kind: 'failed', message: result.status.message };
  const { header, kvs } = RangeResponse.decode(result.body);
  const value = kvs?.[0]?.value;
  const age = header?.stalenessMs;
  return {
    kind: 'ok',
    value: value === undefined || value === null ? null : Buffer.from(value).toString(),
    revision: Number(header?.revision),
    stalenessMs: age === undefined || age === null ? undefined : Number(age),
  };
}

/** The outcome of a membership change: the member's id, or the text of the refusal. */
export type ChangeResult =
  { readonly kind: 'ok'; readonly id: number } | { readonly kind: 'failed'; readonly message: string };

export async function addMember(
  member: Callable,
  { url, isLearner = false }: { url: string; isLearner?: boolean },
): Promise<ChangeResult> {
  const request = MemberAddRequest.encode({ peerURLs: [url], isLearner }).finish();
  const result = await member.call('/etcdserverpb.Cluster/MemberAdd', request);
  if (result.kind === 'error') return { kind: 'failed', message: result.status.message };
  return { kind: 'ok', id: Number(MemberAddResponse.decode(result.body).member?.ID) };
}

export async function changeMember(
  member: Callable,
  change: 'MemberRemove' | 'MemberPromote',
  id: number,
): Promise<ChangeResult> {
  // The two requests have one form.
  const request = MemberRemoveRequest.encode({ ID: id }).finish();
  const result = await member.call(`/etcdserverpb.Cluster/${change}`, request);
  return result.kind === 'error' ? { kind: 'failed', message: result.status.message } : { kind: 'ok', id };
}
