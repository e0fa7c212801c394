import { assert, assertNever, defined } from '../../util/assert.js';
import type { Inflights } from '../tracker/inflights.js';
import { Progress } from '../tracker/progress.js';
import { NONE } from '../types.js';
import type { ConfChangeStep, ConfState, NodeId } from '../types.js';

/** A configuration, and the progress of everybody in it, by ascending id. */
export interface Membership {
  readonly config: ConfState;
  readonly progress: ReadonlyMap<NodeId, Progress>;
}

/** Where a change starts from. */
export interface ChangeStart {
  readonly config: ConfState;
  readonly progress: ReadonlyMap<NodeId, Progress>;
  /** The end of the log: where newcomers are probed first. */
  readonly lastIndex: number;
  /** The windows of newcomers. */
  readonly limits: Inflights['limits'];
}

/** A change that the configuration in force does not allow. Nothing has changed. */
export class ConfChangeError extends Error {
  override readonly name = 'ConfChangeError';
}

/**
 * One step at a time, outside of a joint configuration: at most one voter may come or go, so that any majority of the
 * old voters meets any of the new ones (thesis, section 4.1). @throws ConfChangeError
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
 * Any number of steps at once: until the joint configuration is left, agreement takes a majority of the old and one of
 * the new voters (paper, section 6). @throws ConfChangeError
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

/** Back to one set of voters: the new ones. Voters that were demoted become learners now. @throws ConfChangeError */
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
 * A configuration in the making. What it is made from stays untouched until `finish`, so that a change that turns out to
 * be forbidden leaves no trace.
 */
class Draft {
  readonly #start: ChangeStart;
  readonly #learners: Set<NodeId>;
  readonly #learnersNext: Set<NodeId>;
  /** Whether each member is a learner, and the progress it keeps; without one it is new. */
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
      // Names nobody: a step that its proposer has made void.
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
    // Who still votes in the outgoing half must not be a learner at the same time: it becomes one when that half ends.
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

  /** What every configuration satisfies. */
  #check(): void {
    const voters = new Set([...this.incoming, ...this.#outgoing]);
    for (const id of this.#learners) assert(!voters.has(id), `${id} is a learner and a voter`);
    for (const id of this.#learnersNext) assert(this.#outgoing.has(id), `${id} is to be a learner, and was no voter`);
    for (const id of [...voters, ...this.#learners]) assert(this.#members.has(id), `${id} has no progress`);
    assert(this.#members.size === voters.size + this.#learners.size, 'progress of somebody who is no member');
    assert(this.#outgoing.size > 0 || (!this.#autoLeave && this.#learnersNext.size === 0), 'half of a joint config');
  }
}

/** Counts as heard from, lest the next check of the quorum depose the leader that has just added it. */
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

/** How many are in one set and not in the other. */
function difference(left: ReadonlySet<NodeId>, right: ReadonlySet<NodeId>): number {
  let count = 0;
  for (const id of left) if (!right.has(id)) count += 1;
  for (const id of right) if (!left.has(id)) count += 1;
  return count;
}
