import { etcdserverpb } from '../../../src/gen/proto.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import { clampInteger } from '../../../src/util/integer.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { pick } from '../options.js';
import { LETTERS } from './admin.js';
import { USER_KEYS } from './commands.js';
import type { KeyUse, Need } from './rights.js';

const p = etcdserverpb;

const DELETION = '/etcdserverpb.KV/DeleteRange';

/** One call of a user. */
export interface UserCall {
  readonly text: string;
  readonly path: string;
  readonly body: Uint8Array;
  /** What it needs; undefined if that depends on what is attached to a lease. */
  readonly need: Need | undefined;
  /** What its entry can be recognized by; undefined for a read. */
  readonly tag: string | undefined;
  /** Of a read: whether the member answers from its own state. */
  readonly isStale?: boolean;
  /** Revisions that it may cause: one for itself, and one for the end of the lease to which it attaches a key. */
  readonly revisions: number;
  /** The lease that it grants. */
  readonly grants?: bigint;
}

interface Range {
  readonly key: string;
  readonly end: string;
}

/** Draws calls of users: their values, names and leases are unique in a run. */
export class UserCalls {
  /** The leases that exist, as far as the clients know. */
  readonly leases: bigint[] = [];
  readonly #leaseShare: number;
  #made = 0;

  /** @param leaseShare see SimOptions */
  constructor(leaseShare = 0) {
    this.#leaseShare = leaseShare;
  }

  draw(random: Random): UserCall {
    const made = ++this.#made;
    if (this.#leaseShare > 0 && random.next() < this.#leaseShare) return this.#drawLeasing(random, made);
    switch (randomInteger(random, 0, 22)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return read(random, 'consistent');
      case 5:
      case 6:
        return read(random, 'stale');
      case 7:
      case 8:
      case 9:
      case 10:
        return this.#put(random, `value ${made}`);
      case 11:
      case 12:
        return deletion(random, String(made));
      case 13:
      case 14:
      case 15:
        return this.#txn(random, `value ${made}`);
      case 16:
      case 17:
        return grant(BigInt(1_000_000 + made));
      case 18:
        return this.#revoke(random) ?? read(random, 'consistent');
      case 19:
        return roleAdd(`role ${made}`);
      default:
        return this.#put(random, `value ${made}`, this.#lease(random));
    }
  }

  #drawLeasing(random: Random, made: number): UserCall {
    switch (randomInteger(random, 0, 6)) {
      case 0:
        return grant(BigInt(1_000_000 + made));
      case 1:
        return this.#revoke(random) ?? grant(BigInt(1_000_000 + made));
      case 2:
      case 3:
        return this.#put(random, `value ${made}`, this.#lease(random));
      default:
        return this.#txn(random, `value ${made}`, { lease: this.#lease(random) });
    }
  }

  /** One of the last: most of those before have ended. */
  #lease(random: Random): bigint {
    const recent = this.leases.slice(-3);
    return recent[randomInteger(random, 0, recent.length)] ?? 0n;
  }

  #put(random: Random, value: string, lease = 0n): UserCall {
    const [key, prevKv] = [drawKey(random), random.next() < 0.2];
    return {
      text: `puts ${key}=${value}${prevKv ? ' and reads what it was' : ''}${lease === 0n ? '' : ` with lease ${lease}`}`,
      path: '/etcdserverpb.KV/Put',
      body: p.PutRequest.encode({ ...putOf({ key, value, lease }), prevKv }).finish(),
      need:
        lease === 0n ? [use('write', { key, end: '' }), ...(prevKv ? [use('read', { key, end: '' })] : [])] : undefined,
      tag: value,
      revisions: lease === 0n ? 1 : 2,
    };
  }

  /**
   * A put, in the transaction itself or in a nested one, with a comparison that holds and a read.
   * @param given a lease for the put; then all concern one key, so that the permission depends on the keys of the lease
   */
  #txn(random: Random, value: string, given?: { readonly lease: bigint }): UserCall {
    const key = drawKey(random);
    const [compared, readKey] = given === undefined ? [drawKey(random), drawKey(random)] : [key, key];
    const depth = randomInteger(random, 0, 3);
    const lease = given?.lease ?? (random.next() < 0.3 ? this.#lease(random) : 0n);
    const compare = [
      {
        key: Buffer.from(compared),
        target: p.Compare.CompareTarget.VERSION,
        result: p.Compare.CompareResult.GREATER,
        version: -1,
      },
    ];
    let ops: etcdserverpb.RequestOp.$Properties[] = [{ requestPut: putOf({ key, value, lease }) }];
    if (depth > 0) ops = [{ requestTxn: { success: ops } }];
    if (depth > 1) ops = [...ops, { requestTxn: { failure: [{ requestRange: { key: Buffer.from(readKey) } }] } }];
    else ops = [...ops, { requestRange: { key: Buffer.from(readKey) } }];
    return {
      text: `puts ${key}=${value} in a transaction of depth ${depth}, compares ${compared}, reads ${readKey}, lease ${lease}`,
      path: '/etcdserverpb.KV/Txn',
      body: p.TxnRequest.encode({ compare, success: ops }).finish(),
      need:
        lease === 0n
          ? [
              use('write', { key, end: '' }),
              use('read', { key: compared, end: '' }),
              use('read', { key: readKey, end: '' }),
            ]
          : undefined,
      tag: value,
      revisions: lease === 0n ? 1 : 2,
    };
  }

  #revoke(random: Random): UserCall | undefined {
    const lease = this.#lease(random);
    if (lease === 0n) return undefined;
    return {
      text: `revokes lease ${lease}`,
      path: '/etcdserverpb.Lease/LeaseRevoke',
      body: p.LeaseRevokeRequest.encode({ ID: wireLeaseId(lease) }).finish(),
      need: undefined,
      tag: `revokes ${lease}`,
      // The end of a lease counts with the calls that attach keys to it; without keys it causes none.
      revisions: 0,
    };
  }
}

/**
 * The revision that a call caused itself, by its answer; undefined for none. A header has the revision of the last write,
 * which is another client's if the call wrote nothing.
 */
export function ownRevision({ path, revisions }: UserCall, answer: Uint8Array): number | undefined {
  if (revisions === 0) return undefined;
  if (path === DELETION && clampInteger(p.DeleteRangeResponse.decode(answer).deleted) === 0) return undefined;
  // The header is the first field of all answers.
  return clampInteger(p.PutResponse.decode(answer).header?.revision);
}

function read(random: Random, level: 'consistent' | 'stale'): UserCall {
  const range = drawRange(random);
  const readLevel = level === 'stale' ? p.ReadLevel.STALE : p.ReadLevel.CONSISTENT;
  return {
    text: `reads ${textOf(range)} ${level}`,
    path: '/etcdserverpb.KV/Range',
    body: p.RangeRequest.encode({ key: Buffer.from(range.key), rangeEnd: Buffer.from(range.end), readLevel }).finish(),
    need: [use('read', range)],
    tag: undefined,
    isStale: level === 'stale',
    revisions: 0,
  };
}

/** The end has the tag in it, and is behind the last key that it selects and before the next. */
function deletion(random: Random, tag: string): UserCall {
  const first = randomInteger(random, 0, LETTERS.length);
  const last = randomInteger(random, first, LETTERS.length);
  const range = { key: `${USER_KEYS}${LETTERS[first]}`, end: `${USER_KEYS}${LETTERS[last]}!${tag}` };
  const prevKv = random.next() < 0.2;
  return {
    text: `deletes ${textOf(range)}${prevKv ? ' and reads what was there' : ''}`,
    path: DELETION,
    body: p.DeleteRangeRequest.encode({
      key: Buffer.from(range.key),
      rangeEnd: Buffer.from(range.end),
      prevKv,
    }).finish(),
    need: [use('write', range), ...(prevKv ? [use('read', range)] : [])],
    tag,
    revisions: 1,
  };
}

function grant(id: bigint): UserCall {
  return {
    text: `wants lease ${id}`,
    path: '/etcdserverpb.Lease/LeaseGrant',
    body: p.LeaseGrantRequest.encode({ ID: wireLeaseId(id), TTL: 1 }).finish(),
    need: 'user',
    tag: `grants ${id}`,
    revisions: 0,
    grants: id,
  };
}

/** What only root may do. */
function roleAdd(name: string): UserCall {
  return {
    text: `adds ${name}`,
    path: '/etcdserverpb.Auth/RoleAdd',
    body: p.AuthRoleAddRequest.encode({ name }).finish(),
    need: 'root',
    tag: `adds ${name}`,
    revisions: 0,
  };
}

function putOf({ key, value, lease }: { readonly key: string; readonly value: string; readonly lease: bigint }) {
  return { key: Buffer.from(key), value: Buffer.from(value), lease: wireLeaseId(lease) };
}

function use(access: KeyUse['access'], range: Range): KeyUse {
  return { access, ...range };
}

function drawKey(random: Random): string {
  return `${USER_KEYS}${pick(random, LETTERS)}`;
}

export function drawRange(random: Random): Range {
  const first = randomInteger(random, 0, LETTERS.length);
  const last = LETTERS[randomInteger(random, first + 1, LETTERS.length + 1)];
  const end = last === undefined ? 'u0' : `${USER_KEYS}${last}`;
  return { key: `${USER_KEYS}${LETTERS[first]}`, end: pick(random, ['', '', end, end, '\0']) };
}

export function textOf({ key, end }: Range): string {
  return JSON.stringify([key, end]);
}
