import { etcdserverpb, type mvccpb } from '../../gen/proto.js';
import { checkTxn, hasPuts } from '../../kv/commands/checks.js';
import type { CommandKind } from '../../kv/commands/command.js';
import type { KvError } from '../../kv/errors.js';
import type { KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import { NONE } from '../../raft/types.js';
import type { CallContext } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { defined } from '../../util/assert.js';
import { Errors, statusOf } from '../requests/errors.js';
import type { PendingCalls } from '../requests/pending.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { PUT_OVERHEAD_BYTES } from '../integrity/quota.js';

/** Why a call cannot be answered as it should be. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.status = status;
  }
}

export interface StoreCallsOptions {
  readonly store: KvStore;
  readonly writes: ClientWrites;
  readonly node: Pick<RaftNode, 'read' | 'status' | 'leaderIsLost'>;
  readonly pending: PendingCalls;
}

const { RangeRequest, RangeResponse, TxnRequest, TxnResponse } = etcdserverpb;

/** What the store would say no to is found before it gets there. */
const REFUSED: ReadonlySet<Status> = new Set([Errors.noSpace, Errors.requestTooLarge]);

/** The keys that a read has found, and the revision of the state that they are from. */
export interface Found {
  readonly kvs: readonly mvccpb.KeyValue.$Properties[];
  readonly revision: number;
}

/** What services do with the store, that serve their clients by several steps. Each rejects with a CallFailure. */
export class StoreCalls {
  readonly #options: StoreCallsOptions;

  constructor(options: StoreCallsOptions) {
    this.#options = options;
  }

  /** A command through the log, applied here when it resolves. */
  propose(
    call: CallContext,
    { kind, request, spaceBytes }: { kind: CommandKind; request: Uint8Array; spaceBytes: number },
  ): Promise<{ readonly body: Uint8Array; readonly revision: number }> {
    return new Promise((resolve, reject) => {
      this.#options.writes.submit({
        call,
        kind,
        request,
        spaceBytes,
        done: (outcome) => {
          if (outcome.kind === 'failed') {
            const { status } = outcome;
            return reject(REFUSED.has(status) ? asRefusal(status) : new CallFailure(status));
          }
          const { result } = outcome;
          if (result.kind === 'ok') resolve(result);
          else reject(refused(result.error));
        },
      });
    });
  }

  async txn(
    call: CallContext,
    request: etcdserverpb.TxnRequest.$Properties,
  ): Promise<{ readonly response: etcdserverpb.TxnResponse; readonly revision: number }> {
    const bytes = TxnRequest.encode(request).finish();
    const decoded = TxnRequest.decode(bytes);
    const wrong = checkTxn(decoded);
    if (wrong !== undefined) throw refused(wrong);
    const spaceBytes = hasPuts(decoded) ? PUT_OVERHEAD_BYTES + bytes.length : 0;
    const { body, revision } = await this.propose(call, { kind: 'txn', request: bytes, spaceBytes });
    return { response: TxnResponse.decode(body), revision };
  }

  /** What this member has, however old. */
  async range(request: etcdserverpb.RangeRequest.$Properties): Promise<Found> {
    // A round through the codec gives the request the shape in which the store gets all others.
    const result = await this.#options.store.range(RangeRequest.decode(RangeRequest.encode(request).finish()));
    if (result.kind === 'error') throw refused(result.error);
    return { kvs: RangeResponse.decode(result.body).kvs, revision: result.revision };
  }

  /** See RaftNode. */
  get leaderIsLost(): boolean {
    return this.#options.node.leaderIsLost;
  }

  /** Whether the key is there, in this very turn, as it was created at a revision. */
  has(key: Uint8Array, createRevision: number): boolean {
    return this.#options.store.createRevision(key) === createRevision;
  }

  /** Resolves once this member has all that was acknowledged anywhere before the call of this. */
  fresh(call: CallContext): Promise<void> {
    const { node, pending } = this.#options;
    return new Promise((resolve, reject) => {
      if (node.leaderIsLost) return reject(new CallFailure(Errors.noLeader));
      let forget = (): boolean => true;
      const ticket = {
        abandoned: false,
        ready: (): void => {
          if (forget()) resolve();
        },
      };
      const state = node.read('consistent', ticket);
      if (state === 'now') return resolve();
      if (state !== 'waiting') {
        return reject(new CallFailure(state === 'full' ? Errors.tooManyRequests : Errors.stopped));
      }
      forget = pending.add({
        call,
        expire: (why) => {
          ticket.abandoned = true;
          const late = node.status().leader === NONE ? Errors.noLeader : Errors.timeout;
          reject(new CallFailure(why === 'stopped' ? Errors.stopped : late));
        },
      });
    });
  }
}

/** What the store refuses, as etcd's locks and elections tell it: the text, but not the code. */
export function refused(error: KvError): CallFailure {
  return asRefusal(statusOf(error));
}

function asRefusal({ message }: Status): CallFailure {
  return new CallFailure({ code: Code.UNKNOWN, message });
}

/** The answer to an operation that was a range. */
export function rangeOf(response: etcdserverpb.TxnResponse, at: number): readonly mvccpb.KeyValue.$Properties[] {
  return defined(response.responses[at]?.responseRange, `answer ${at} of a transaction`).kvs ?? [];
}
