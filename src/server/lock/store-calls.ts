import { etcdserverpb, type mvccpb } from '../../gen/proto.js';
import { mayRead } from '../../kv/auth/requests.js';
import { checkTxn, hasPuts } from '../../kv/commands/checks.js';
import type { CommandKind } from '../../kv/commands/command.js';
import type { KvError } from '../../kv/errors.js';
import type { KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { CallContext } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { defined } from '../../util/assert.js';
import { isRefusal, type Access, type CallUser } from '../requests/access.js';
import { Errors, statusOf } from '../requests/errors.js';
import { whenFresh } from '../requests/fresh.js';
import type { PendingCalls } from '../requests/pending.js';
import type { ClientSubmission, ClientWrites } from '../requests/client-writes.js';
import { PUT_OVERHEAD_BYTES } from '../requests/quota.js';
import { wholeBody } from '../../kv/format/wire.js';

/** A call that fails with a status. */
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
  readonly access: Access;
}

const { RangeRequest, RangeResponse, TxnRequest, TxnResponse } = etcdserverpb;

/** Refusals that correspond to the store's, and are found before it. */
const REFUSED: ReadonlySet<Status> = new Set([Errors.noSpace, Errors.requestTooLarge]);

/** Result of a read: keys, and the revision of their state. */
export interface Found {
  readonly kvs: readonly mvccpb.KeyValue.$Properties[];
  readonly revision: number;
}

/** Store operations for services that take several steps. Each rejects with a CallFailure. */
export class StoreCalls {
  readonly #options: StoreCallsOptions;

  constructor(options: StoreCallsOptions) {
    this.#options = options;
  }

  /** The user of a call; undefined for none, or while authentication is off. */
  userOf(call: CallContext): CallUser | undefined {
    return this.#options.access.userOf(call);
  }

  /**
   * Proposes a command. Resolves once it is applied on this member.
   * @param user who was identified before, if the command undoes an earlier one; default: the user of the call
   */
  propose(
    call: CallContext,
    { kind, request, spaceBytes }: { kind: CommandKind; request: Uint8Array; spaceBytes: number },
    user?: CallUser,
  ): Promise<{ readonly body: Uint8Array; readonly revision: number }> {
    return new Promise((resolve, reject) => {
      const { writes } = this.#options;
      const submission: ClientSubmission = {
        call,
        kind,
        request,
        spaceBytes,
        done: (outcome) => {
          if (outcome.kind === 'failed') {
            const { status } = outcome;
            return reject(REFUSED.has(status) || isRefusal(status) ? asRefusal(status) : new CallFailure(status));
          }
          const { result } = outcome;
          if (result.kind === 'ok') resolve({ body: wholeBody(result.body), revision: result.revision });
          else reject(refused(result.error));
        },
      };
      if (user === undefined) writes.submit(submission);
      else writes.submitFor(user, submission);
    });
  }

  /** @param user see `propose` */
  async txn(
    call: CallContext,
    request: etcdserverpb.TxnRequest.$Properties,
    user?: CallUser,
  ): Promise<{ readonly response: etcdserverpb.TxnResponse; readonly revision: number }> {
    const bytes = TxnRequest.encode(request).finish();
    const decoded = TxnRequest.decode(bytes);
    const wrong = checkTxn(decoded);
    if (wrong !== undefined) throw refused(wrong);
    const spaceBytes = hasPuts(decoded) ? PUT_OVERHEAD_BYTES + bytes.length : 0;
    const { body, revision } = await this.propose(call, { kind: 'txn', request: bytes, spaceBytes }, user);
    return { response: TxnResponse.decode(body), revision };
  }

  /** Reads the state of this member, however old, if its user may. */
  async range(call: CallContext, request: etcdserverpb.RangeRequest.$Properties): Promise<Found> {
    const { access } = this.#options;
    const status = access.enabled ? access.refusal({ call, permits: (rights) => mayRead(rights, request) }) : undefined;
    if (status !== undefined) throw asRefusal(status);
    // The codec gives the request the shape of decoded requests.
    const result = await this.#options.store.range(RangeRequest.decode(RangeRequest.encode(request).finish()));
    if (result.kind === 'error') throw refused(result.error);
    return { kvs: RangeResponse.decode(wholeBody(result.body)).kvs, revision: result.revision };
  }

  /** See RaftNode. */
  get leaderIsLost(): boolean {
    return this.#options.node.leaderIsLost;
  }

  /** Whether the key exists with this create revision in the published state. */
  has(key: Uint8Array, createRevision: number): boolean {
    return this.#options.store.createRevision(key) === createRevision;
  }

  /** Resolves once this member has everything that was acknowledged anywhere before the call. */
  fresh(call: CallContext): Promise<void> {
    return new Promise((resolve, reject) => {
      whenFresh(this.#options, call, (failed) => (failed === undefined ? resolve() : reject(new CallFailure(failed))));
    });
  }
}

/** The store's refusal, as etcd's locks and elections report it: with its text, but not its code. */
export function refused(error: KvError): CallFailure {
  return asRefusal(statusOf(error));
}

function asRefusal({ message }: Status): CallFailure {
  return new CallFailure({ code: Code.UNKNOWN, message });
}

/** The result of a range operation in a transaction. */
export function rangeOf(response: etcdserverpb.TxnResponse, at: number): readonly mvccpb.KeyValue.$Properties[] {
  return defined(response.responses[at]?.responseRange, `answer ${at} of a transaction`).kvs ?? [];
}
