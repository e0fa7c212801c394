import type { NodeStatus } from '../../src/node/status.js';
import type { ConfChangeApplication } from '../../src/ports/state-machine.js';
import type { PacketEvent } from '../support/memory-network.js';
import type { ConfState, Entry, Message, NodeId, SnapshotMetadata } from '../../src/raft/types.js';
import { EntryBook } from './entry-book.js';
import type { WatchedLog } from './watched-log.js';

/** One member, as the invariants see it: what its adapters show, and its public status. */
export interface Witness {
  readonly id: NodeId;
  readonly label: string;
  /** Of the current process, or of the last one. */
  readonly log: WatchedLog | undefined;
  readonly status: NodeStatus | undefined;
  /** The active configuration. */
  readonly confState: ConfState | undefined;
  /** The configurations that were active since the last step, oldest first. */
  readonly confs: ConfState[];
}

interface Seen {
  readonly status: NodeStatus;
  readonly applied: number;
}

/**
 * The properties of the paper's figure 3 and further invariants, checked after every event. Each check covers the
 * changes since the last event. (RELIABILITY: election safety, log matching, leader completeness, state-machine safety,
 * committed is on a quorum's disks, nothing goes back.)
 */
export class Invariants {
  readonly book = new EntryBook();
  readonly #onViolation: (what: string) => void;
  readonly #witness: (id: NodeId) => Witness | undefined;
  readonly #leaders = new Map<number, NodeId>();
  /** Term by index of every entry that was ever committed; slot 0 is the empty log. */
  readonly #committed: number[] = [0];
  /** Configurations by the index at which they became active, ascending. */
  readonly #confs: { readonly index: number; readonly conf: ConfState }[] = [];
  readonly #revisions = new Map<number, number>();
  /** The hashes of users and leases, by applied index. */
  readonly #records = new Map<number, number>();
  /** The candidate that got each member's vote: by term, then by member. */
  readonly #votes = new Map<number, Map<NodeId, NodeId>>();
  readonly #seen = new Map<NodeId, Seen>();

  constructor(options: { witness: (id: NodeId) => Witness | undefined; onViolation: (what: string) => void }) {
    this.#witness = options.witness;
    this.#onViolation = options.onViolation;
  }

  /** Entries that are known to be committed. */
  get committed(): number {
    return this.#committed.length - 1;
  }

  /** The newest configuration that any member has applied. */
  get newestConf(): ConfState | undefined {
    return this.#confs.at(-1)?.conf;
  }

  /** A process begins or ends: observations of the last one remain valid only as far as they were durable. */
  forget(id: NodeId): void {
    this.#seen.delete(id);
  }

  /** Checks a member after a step. */
  look(witness: Witness): void {
    const { status, confState, confs, id } = witness;
    if (status === undefined || confState === undefined) return;
    if (confs.at(-1) !== confState) confs.push(confState);
    const before = this.#seen.get(id)?.status;
    if (before === undefined || changed(before, status)) this.#lookCloser(witness, status, before);
    if (confs.length > 1) confs.splice(0, confs.length - 1);
  }

  /** One change of the configuration at a time: a leader begins none before it has applied the one before (thesis, 4.1). */
  appends(witness: Witness, entries: readonly Entry[]): void {
    const { status, log } = witness;
    if (status?.role !== 'leader' || log === undefined) return;
    for (const { index, term, type } of entries) {
      if (type === 'normal' || term !== status.term) continue;
      for (let before = index - 1; before > status.applied; before--) {
        const kind = this.book.typeOf(before, log.askedTerm(before) ?? 0);
        if (kind !== undefined && kind !== 'normal') {
          this.#wrong(
            witness,
            `begins a change of the configuration at ${index}, and that at ${before} is not applied`,
          );
        }
      }
    }
  }

  /** A member is about to apply entries. */
  applies(witness: Witness, entries: readonly Entry[]): void {
    // Entries that it learned to be committed in this step are recorded first.
    this.look(witness);
    const seen = this.#seen.get(witness.id);
    if (seen === undefined) return;
    let { applied } = seen;
    for (const entry of entries) {
      if (entry.index !== applied + 1) this.#wrong(witness, `applies ${entry.index} after ${applied}`);
      applied = entry.index;
      const committed = this.#committed[entry.index];
      if (committed !== entry.term) {
        this.#wrong(
          witness,
          `state-machine safety: applies ${entry.term}/${entry.index}, but ${committed ?? 'nothing'} is committed there`,
        );
      }
      const wrong = this.book.compare(entry);
      if (wrong !== undefined) this.#wrong(witness, wrong);
    }
    this.#seen.set(witness.id, { ...seen, applied });
  }

  /** A member is about to replace its state by a snapshot. */
  restores(witness: Witness, { index, term, confState }: SnapshotMetadata): void {
    this.look(witness);
    const committed = this.#committed[index];
    if (committed !== term) {
      this.#wrong(
        witness,
        `state-machine safety: a snapshot of ${term}/${index}, but ${committed ?? 'nothing'} is committed there`,
      );
    }
    const seen = this.#seen.get(witness.id);
    if (seen === undefined) return;
    if (index <= seen.applied) this.#wrong(witness, `a snapshot at ${index} would replace a state at ${seen.applied}`);
    this.#seen.set(witness.id, { ...seen, applied: Math.max(seen.applied, index) });
    const known = this.#confs.findLast((change) => change.index <= index)?.conf;
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(confState)) {
      this.#wrong(witness, `a snapshot at ${index} with a configuration that was not active there`);
    }
  }

  /** A member has applied entries up to an index, and is at this revision. */
  applied(witness: Witness, index: number, revision: number): void {
    const known = this.#revisions.get(index);
    if (known === undefined) this.#revisions.set(index, revision);
    else if (known !== revision) {
      this.#wrong(witness, `state-machine safety: revision ${revision} at index ${index}, and ${known} elsewhere`);
    }
  }

  /** The hash of a member's users and leases at an applied index. */
  records(witness: Witness, index: number, hash: number | undefined): void {
    const known = this.#records.get(index);
    if (known === undefined && hash !== undefined) this.#records.set(index, hash);
    else if (known !== hash) {
      this.#wrong(
        witness,
        `state-machine safety: users and leases have the hash ${hash} at ${index}, and ${known} elsewhere`,
      );
    }
  }

  confChanged(witness: Witness, { entry, confState }: ConfChangeApplication): void {
    witness.confs.push(confState);
    const at = this.#confs.findIndex(({ index }) => index >= entry.index);
    const known = at < 0 ? undefined : this.#confs[at];
    if (known?.index === entry.index) {
      if (JSON.stringify(known.conf) !== JSON.stringify(confState)) {
        this.#wrong(witness, `state-machine safety: two configurations at ${entry.index}`);
      }
      return;
    }
    this.#confs.splice(at < 0 ? this.#confs.length : at, 0, { index: entry.index, conf: confState });
  }

  /** What a member promises in a message must already be durable on its disk. */
  sent({ from, packet }: PacketEvent): void {
    const witness = this.#witness(from);
    if (witness === undefined) return;
    for (const message of packet.messages) this.#checkPromise(witness, message);
  }

  #checkPromise(witness: Witness, message: Message): void {
    const durable = witness.log?.durable;
    if (durable === undefined || message.reject || message.from !== witness.id) return;
    const { type, term, index, to } = message;
    // One of an earlier term that leaves late was true then, and is as one that the network holds back: a leader of a later term may
    // have replaced the entries since.
    if (type === 'MsgAppResp' && term === durable.term && index > durable.terms.last) {
      this.#wrong(witness, `acknowledges ${index}, but only ${durable.terms.last} is on its disk`);
    }
    if (type !== 'MsgVote' && type !== 'MsgVoteResp') return;
    const candidate = type === 'MsgVote' ? witness.id : to;
    // A vote in a term below the durable one cannot be given again.
    if (durable.term < term || (durable.term === term && durable.vote !== candidate)) {
      this.#wrong(witness, `votes for ${candidate} in term ${term}, but its disk says ${durable.term}/${durable.vote}`);
    }
    this.#checkVote(witness, term, candidate);
  }

  #checkVote(witness: Witness, term: number, candidate: NodeId): void {
    const votes = this.#votes.get(term) ?? new Map<NodeId, NodeId>();
    this.#votes.set(term, votes);
    const other = votes.get(witness.id);
    if (other === undefined) votes.set(witness.id, candidate);
    else if (other !== candidate) this.#wrong(witness, `votes in term ${term} for ${other} and for ${candidate}`);
  }

  #lookCloser(witness: Witness, status: NodeStatus, before: NodeStatus | undefined): void {
    const { id } = witness;
    const { term, commit, applied, role } = status;
    if (before !== undefined) {
      if (term < before.term) this.#wrong(witness, `the term goes back from ${before.term} to ${term}`);
      if (commit < before.commit) this.#wrong(witness, `the commit index goes back from ${before.commit} to ${commit}`);
      if (applied < before.applied) this.#wrong(witness, `applied goes back from ${before.applied} to ${applied}`);
    }
    if (applied > commit) this.#wrong(witness, `applied ${applied}, but only ${commit} is committed`);
    const leads = role === 'leader' && before?.role === 'leader' && before.term === term;
    if (leads && commit > before.commit) this.#checkOwnCommit(witness, status);
    if (role === 'leader' && (before?.role !== 'leader' || before.term !== term)) this.#checkLeader(witness, status);
    const campaigns = role === 'candidate' || role === 'pre-candidate';
    if (campaigns && (before?.role !== role || before.term !== term)) this.#checkCampaign(witness, status);
    this.#seen.set(id, { status, applied: Math.max(this.#seen.get(id)?.applied ?? 0, applied) });
    if (commit > this.committed) this.#checkCommit(witness, commit);
    // Not at its commit index: after a snapshot the commit index is ahead of the log for a moment.
    else this.#checkAgrees(witness, applied);
  }

  /** Election safety; leader completeness: a leader has every entry that was committed before (paper, section 5.4). */
  #checkLeader(witness: Witness, { term, lastIndex }: NodeStatus): void {
    const other = this.#leaders.get(term);
    if (other !== undefined && other !== witness.id) {
      this.#wrong(
        witness,
        `election safety: it leads in term ${term}, and so did ${this.#witness(other)?.label ?? other}`,
      );
    }
    this.#leaders.set(term, witness.id);
    if (lastIndex < this.committed) {
      this.#wrong(witness, `leader completeness: its log ends at ${lastIndex}, and ${this.committed} is committed`);
    }
    this.#checkAgrees(witness, this.committed);
  }

  /** A campaign is by the newest committed configuration that the member knows of (etcd 11284). */
  #checkCampaign(witness: Witness, { term, commit, applied }: NodeStatus): void {
    for (let index = applied + 1; index <= commit; index++) {
      const kind = this.book.typeOf(index, witness.log?.askedTerm(index) ?? 0);
      if (kind !== undefined && kind !== 'normal') {
        this.#wrong(
          witness,
          `campaigns in term ${term}, and has not applied the configuration at ${index}, which is committed`,
        );
      }
    }
  }

  /** A leader commits entries of earlier terms only together with one of its own term (paper, section 5.4.2). */
  #checkOwnCommit(witness: Witness, { term, commit }: NodeStatus): void {
    const own = witness.log?.askedTerm(commit);
    if (own !== term) this.#wrong(witness, `leads in term ${term}, and commits ${own ?? '?'}/${commit} by counting`);
  }

  /** The part of its log that was passed to the disk holds the committed entry at this index. */
  #checkAgrees(witness: Witness, index: number): void {
    const own = witness.log?.askedTerm(index);
    const committed = this.#committed[index];
    if (own !== undefined && committed !== undefined && own !== committed) {
      this.#wrong(witness, `holds ${own}/${index}, but ${committed}/${index} is committed`);
    }
  }

  /** A new commit is on the disks of a quorum (of both, in a joint configuration), under a configuration of that time. */
  #checkCommit(witness: Witness, commit: number): void {
    const term = this.#termFor(witness, commit);
    const confs = this.#confsFor(witness);
    if (term === undefined || !confs.some((conf) => this.#isOnQuorum(conf, commit, term))) {
      this.#wrong(witness, `commits ${term ?? '?'}/${commit}, which is not on the disks of a quorum`);
      return;
    }
    const holder = [...this.#membersOf(confs)].find((other) => other.log?.durable.terms.at(commit) === term);
    for (let index = this.committed + 1; index <= commit; index++) {
      this.#committed.push(index === commit ? term : (holder?.log?.durable.terms.at(index) ?? 0));
    }
  }

  #termFor(witness: Witness, index: number): number | undefined {
    const own = witness.log?.askedTerm(index);
    if (own !== undefined) return own;
    for (const other of this.#membersOf(this.#confsFor(witness))) {
      const term = other.log?.durable.terms.at(index);
      if (term !== undefined && this.#confsFor(witness).some((conf) => this.#isOnQuorum(conf, index, term)))
        return term;
    }
    return undefined;
  }

  /**
   * The configurations active on it in this step, and newer ones: the member that reported the commit may have applied
   * more.
   */
  #confsFor({ confs, status }: Witness): readonly ConfState[] {
    const applied = status?.applied ?? 0;
    return [...confs, ...this.#confs.filter(({ index }) => index > applied).map(({ conf }) => conf)];
  }

  #membersOf(confs: readonly ConfState[]): Set<Witness> {
    const members = new Set<Witness>();
    for (const { voters, votersOutgoing } of confs) {
      for (const id of [...voters, ...votersOutgoing]) {
        const witness = this.#witness(id);
        if (witness !== undefined) members.add(witness);
      }
    }
    return members;
  }

  #isOnQuorum({ voters, votersOutgoing }: ConfState, index: number, term: number): boolean {
    const held = (ids: readonly NodeId[]): boolean => {
      let count = 0;
      for (const id of ids) if (this.#witness(id)?.log?.durable.terms.holds(index, term) === true) count++;
      return ids.length === 0 || count > ids.length / 2;
    };
    return held(voters) && held(votersOutgoing);
  }

  #wrong({ label }: Witness, what: string): void {
    this.#onViolation(`${label}: ${what}`);
  }
}

function changed(before: NodeStatus, now: NodeStatus): boolean {
  return (
    before.commit !== now.commit ||
    before.applied !== now.applied ||
    before.term !== now.term ||
    before.role !== now.role ||
    before.leader !== now.leader
  );
}
