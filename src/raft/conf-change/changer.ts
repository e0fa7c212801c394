import { assert, assertNever, defined } from '../../util/assert.js';
import type { Inflights } from '../tracker/inflights.js';
import { Progress } from '../tracker/progress.js';
import { NONE } from '../types.js';
import type { ConfChangeStep, ConfState, NodeId } from '../types.js';

/** A configuration, and the progress of all its members by ascending id. */
export interface Membership {
  readonly config: ConfState;
  readonly progress: ReadonlyMap<NodeId, Progress>;
}

/** The state before a change. */
export interface ChangeStart {
  readonly config: ConfState;
  readonly progress: ReadonlyMap<NodeId, Progress>;
  /** The end of the log, where new members are probed first. */
  readonly lastIndex: number;
  /** Window limits of new members. */
  readonly limits: Inflights['limits'];
}

/** The active configuration does not allow the change. Nothing has changed. */
export class ConfChangeError extends Error {
  override readonly name = 'ConfChangeError';
}

/**
 * Changes at most one voter, outside of a joint configuration, so that any majority of the old voters overlaps any of the
 * new ones (thesis, section 4.1). @throws ConfChangeError
 */
export function simple(start: ChangeStart, steps: readonly ConfChangeStep[]): Membership {
  if (isJoint(start.config)) throw new ConfChangeError("can't apply simple config change in joint config");
  const draft = new Draft(start);
  draft.apply(steps);
  if (difference(new Set(start.config.voters), draft.incoming) > 1) {
    throw new ConfChangeError('more than one voter changed without entering joint config');
  }
  return draft.finish();
}

/**
 * Begins any number of steps at once. Until the joint configuration is left, agreement takes a majority of the old voters
 * and one of the new voters (paper, section 6). @throws ConfChangeError
 */
export function enterJoint(
  start: ChangeStart,
  steps: readonly ConfChangeStep[],
  options: { readonly autoLeave: boolean },
): Membership {
  if (isJoint(start.config)) throw new ConfChangeError('config is already joint');
  if (start.config.voters.length === 0) throw new ConfChangeError("can't make a zero-voter config joint");
  const draft = new Draft(start);
  draft.goJoint(options.autoLeave);
  draft.apply(steps);
  return draft.finish();
}

/** Leaves the new voters only. Demoted voters become learners now. @throws ConfChangeError */
export function leaveJoint(start: ChangeStart): Membership {
  if (!isJoint(start.config)) throw new ConfChangeError("can't leave a non-joint config");
  const draft = new Draft(start);
  draft.leave();
  return draft.finish();
}

export function isJoint({ votersOutgoing }: ConfState): boolean {
  return votersOutgoing.length > 0;
}

/**
 * A configuration under construction. Its origin is unchanged until `finish`, so a change that turns out to be forbidden
 * has no effect.
 */
class Draft {
  readonly #start: ChangeStart;
  readonly #learners: Set<NodeId>;
  readonly #learnersNext: Set<NodeId>;
  /** Per member, whether it is a learner, and its kept progress; a new member has none. */
  readonly #members = new Map<NodeId, { isLearner: boolean; readonly kept: Progress | undefined }>();
  readonly incoming: Set<NodeId>;
  #outgoing: Set<NodeId>;
  #autoLeave: boolean;

  constructor(start: ChangeStart) {
    const { config, progress } = start;
    this.#start = start;
    this.incoming = new Set(config.voters);
    this.#outgoing = new Set(config.votersOutgoing);
    this.#learners = new Set(config.learners);
    this.#learnersNext = new Set(config.learnersNext);
    this.#autoLeave = config.autoLeave;
    for (const [id, kept] of progress) this.#members.set(id, { isLearner: kept.isLearner, kept });
  }

  goJoint(autoLeave: boolean): void {
    this.#outgoing = new Set(this.incoming);
    this.#autoLeave = autoLeave;
  }

  apply(steps: readonly ConfChangeStep[]): void {
    for (const { type, id } of steps) {
      // A void step.
      if (id === NONE) continue;
      switch (type) {
        case 'add-voter':
          this.#makeVoter(id);
          break;
        case 'add-learner':
          this.#makeLearner(id);
          break;
        case 'remove':
          this.#remove(id);
          break;
        case 'update':
          break;
        default:
          assertNever(type, 'step of a configuration change');
      }
    }
    if (this.incoming.size === 0) throw new ConfChangeError('removed all voters');
  }

  leave(): void {
    for (const id of this.#learnersNext) {
      this.#learners.add(id);
      defined(this.#members.get(id), `the demoted voter ${id}`).isLearner = true;
    }
    this.#learnersNext.clear();
    for (const id of this.#outgoing) {
      if (!this.incoming.has(id) && !this.#learners.has(id)) this.#members.delete(id);
    }
    this.#outgoing.clear();
    this.#autoLeave = false;
  }

  finish(): Membership {
    this.#check();
    const { lastIndex, limits } = this.#start;
    const progress = new Map<NodeId, Progress>();
    for (const id of sorted(this.#members.keys())) {
      const { isLearner, kept } = defined(this.#members.get(id), `member ${id}`);
      if (kept !== undefined) kept.isLearner = isLearner;
      progress.set(id, kept ?? newcomer({ lastIndex, isLearner, limits }));
    }
    const config: ConfState = {
      voters: sorted(this.incoming),
      learners: sorted(this.#learners),
      votersOutgoing: sorted(this.#outgoing),
      learnersNext: sorted(this.#learnersNext),
      autoLeave: this.#autoLeave,
    };
    return { config, progress };
  }

  #makeVoter(id: NodeId): void {
    this.#learners.delete(id);
    this.#learnersNext.delete(id);
    this.incoming.add(id);
    const member = this.#members.get(id);
    if (member === undefined) this.#members.set(id, { isLearner: false, kept: undefined });
    else member.isLearner = false;
  }

  #makeLearner(id: NodeId): void {
    const member = this.#members.get(id);
    if (member === undefined) {
      this.#learners.add(id);
      this.#members.set(id, { isLearner: true, kept: undefined });
      return;
    }
    if (member.isLearner) return;
    this.incoming.delete(id);
    // A voter of the old half cannot be a learner at the same time. It becomes one when the joint configuration is left.
    if (this.#outgoing.has(id)) {
      this.#learnersNext.add(id);
    } else {
      this.#learners.add(id);
      member.isLearner = true;
    }
  }

  #remove(id: NodeId): void {
    if (!this.#members.has(id)) return;
    this.incoming.delete(id);
    this.#learners.delete(id);
    this.#learnersNext.delete(id);
    if (!this.#outgoing.has(id)) this.#members.delete(id);
  }

  /** Checks the invariants of a configuration. */
  #check(): void {
    const voters = new Set([...this.incoming, ...this.#outgoing]);
    for (const id of this.#learners) assert(!voters.has(id), `${id} is a learner and a voter`);
    for (const id of this.#learnersNext)
      assert(this.#outgoing.has(id), `${id} is to become a learner and was not a voter`);
    for (const id of [...voters, ...this.#learners]) assert(this.#members.has(id), `${id} has no progress`);
    assert(this.#members.size === voters.size + this.#learners.size, 'progress of a node that is not a member');
    assert(this.#outgoing.size > 0 || (!this.#autoLeave && this.#learnersNext.size === 0), 'half of a joint config');
  }
}

/** A new member counts as active, or the next check of the quorum could depose the leader that has just added it. */
export function newcomer(options: {
  readonly lastIndex: number;
  readonly isLearner: boolean;
  readonly limits: Inflights['limits'];
}): Progress {
  const { lastIndex, isLearner, limits } = options;
  const progress = new Progress({ match: 0, next: Math.max(lastIndex, 1), isLearner, limits });
  progress.recentActive = true;
  return progress;
}

function sorted(ids: Iterable<NodeId>): readonly NodeId[] {
  return [...ids].sort((left, right) => left - right);
}

/** The number of ids in one set and not in the other. */
function difference(left: ReadonlySet<NodeId>, right: ReadonlySet<NodeId>): number {
  let count = 0;
  for (const id of left) if (!right.has(id)) count += 1;
  for (const id of right) if (!left.has(id)) count += 1;
  return count;
}
