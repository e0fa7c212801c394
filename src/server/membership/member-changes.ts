import type { MemberChange } from '../../kv/membership/member-change.js';
import type { KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { randomInteger, type Random } from '../../util/random.js';
import { Errors, statusOf } from '../requests/errors.js';
import { deriveMemberId } from './identity.js';
import type { ChangeSubmission, Proposer } from '../requests/proposer.js';
import { checkAdding, checkPromoting, checkRemoving, type ClusterView } from './reconfiguration.js';
import type { Access, Checked } from '../requests/access.js';
import { peerUrls as checkedUrls } from '../settings/urls.js';
import { wholeBody } from '../../kv/format/wire.js';

/** Rules for membership changes. */
export interface MembershipLimits {
  /** Refuse changes that could cost the cluster its quorum (--strict-reconfig-check). */
  readonly strictReconfigCheck: boolean;
  /** Learners in the cluster at the same time (--max-learners). */
  readonly maxLearners: number;
}

export interface MemberChangesOptions {
  readonly clusterId: number;
  readonly memberId: number;
  readonly store: KvStore;
  readonly proposer: Proposer;
  readonly access: Access;
  readonly node: RaftNode;
  readonly random: Random;
  readonly limits: MembershipLimits;
}

/** The outcome of a change: the encoded response without its header, or an error. */
export type ChangeOutcome =
  { readonly kind: 'ok'; readonly body: Uint8Array } | { readonly kind: 'failed'; readonly status: Status };

type Done = (outcome: ChangeOutcome) => void;

/** Checks membership changes against this member's view, and proposes them. */
export class MemberChanges {
  readonly #options: MemberChangesOptions;

  constructor(options: MemberChangesOptions) {
    this.#options = options;
  }

  add(call: CallContext, request: { peerUrls: readonly string[]; isLearner: boolean }, done: Done): void {
    const { isLearner } = request;
    const peerUrls = checkedUrls(request.peerUrls);
    if (peerUrls === undefined) return done({ kind: 'failed', status: Errors.badPeerUrls });
    this.#asRoot(call, done, () => this.#add(call, { peerUrls, isLearner }, done));
  }

  #add(call: CallContext, request: { peerUrls: readonly string[]; isLearner: boolean }, done: Done): void {
    const { limits } = this.#options;
    const { peerUrls, isLearner } = request;
    const refused = limits.strictReconfigCheck ? checkAdding(this.#view(), { isLearner }) : undefined;
    if (refused !== undefined) return done({ kind: 'failed', status: refused });
    const member = { id: this.#newId(peerUrls), name: '', peerUrls, clientUrls: [], isLearner };
    this.#submit(call, { kind: 'memberAdd', member, maxLearners: limits.maxLearners }, done);
  }

  promote(call: CallContext, id: number, done: Done): void {
    const progress = this.#options.node.learnerProgress(id);
    const strict = this.#options.limits.strictReconfigCheck;
    const refused = checkPromoting(this.#view(), { id, progress, strict });
    if (refused !== undefined) return done({ kind: 'failed', status: refused });
    this.#submit(call, { kind: 'memberPromote', id }, done);
  }

  remove(call: CallContext, id: number, done: Done): void {
    const refused = this.#options.limits.strictReconfigCheck ? checkRemoving(this.#view(), id) : undefined;
    if (refused !== undefined) return done({ kind: 'failed', status: refused });
    this.#submit(call, { kind: 'memberRemove', id }, done);
  }

  update(call: CallContext, request: { id: number; peerUrls: readonly string[] }, done: Done): void {
    const { id } = request;
    const peerUrls = checkedUrls(request.peerUrls);
    const known = this.#options.store.member(id);
    if (peerUrls === undefined) {
      return done({ kind: 'failed', status: known === undefined ? Errors.memberNotFound : Errors.badPeerUrls });
    }
    const basedOn = known?.peerUrlsIndex ?? 0;
    this.#submit(call, { kind: 'memberRelocate', id, peerUrls, basedOn }, done);
  }

  /** The other changes are checked before their handlers. */
  #asRoot(call: CallContext, done: Done, then: () => void): void {
    const { access } = this.#options;
    const request: Checked = { call, concernsKeys: false, permits: ({ isRoot }) => isRoot };
    if (!access.enabled || access.refusal(request) === undefined) return then();
    access.confirm(request, (refused) => (refused === undefined ? then() : done({ kind: 'failed', status: refused })));
  }

  #submit(call: CallContext, change: MemberChange, done: Done): void {
    const { proposer, access } = this.#options;
    const submission: ChangeSubmission = {
      call,
      change,
      done: (outcome) => {
        if (outcome.kind === 'failed') return done(outcome);
        const { result } = outcome;
        if (result.kind === 'error') done({ kind: 'failed', status: statusOf(result.error) });
        else done({ kind: 'ok', body: wholeBody(result.body) });
      },
    };
    proposer.submitChange(submission, access.userOf(call));
  }

  #view(): ClusterView {
    const { memberId, store, node } = this.#options;
    return { self: memberId, members: store.members(), isConnected: (id) => node.isConnected(id) };
  }

  #newId(peerUrls: readonly string[]): number {
    const { clusterId, random, store } = this.#options;
    for (;;) {
      const id = deriveMemberId({ peerUrls, clusterId, chance: randomInteger(random, 0, 2 ** 48) });
      if (store.member(id) === undefined && !store.wasRemoved(id)) return id;
    }
  }
}
