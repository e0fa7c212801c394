import type { RawNode } from '../../raft/raw-node.js';
import type { ConfState, NodeId } from '../../raft/types.js';

/**
 * Chooses the followers that confirm a ReadIndex round. The answers of a quorum are enough (thesis, section 6.4), so the
 * other followers are spared the question, unless there is no quorum of answers within a moment.
 */
export class RoundPeers {
  readonly #raw: Pick<RawNode, 'id' | 'confState'>;
  #configuration: ConfState | undefined;
  /** The other voters; those that are asked come first. */
  #voters: NodeId[] = [];
  #asked = 0;

  constructor(raw: Pick<RawNode, 'id' | 'confState'>) {
    this.#raw = raw;
  }

  /** Whether a round may be confirmed without this peer. */
  isSpare(peer: NodeId): boolean {
    this.#update();
    const position = this.#voters.indexOf(peer);
    return position < 0 || position >= this.#asked;
  }

  /** A peer answered while those that were asked at first did not. It is asked at first from now on. */
  stepsIn(peer: NodeId): void {
    this.#update();
    const position = this.#voters.indexOf(peer);
    if (position < this.#asked) return;
    this.#voters.splice(position, 1);
    this.#voters.unshift(peer);
  }

  #update(): void {
    const { id, confState } = this.#raw;
    if (confState === this.#configuration) return;
    this.#configuration = confState;
    const { voters, votersOutgoing } = confState;
    this.#voters = [...new Set([...voters, ...votersOutgoing])].filter((voter) => voter !== id);
    // Of n voters with this one, n/2 others make a majority, rounded down. Two halves, or a leader that is no voter, are
    // rare: then all are asked.
    const simple = votersOutgoing.length === 0 && voters.includes(id);
    this.#asked = simple ? Math.floor(voters.length / 2) : Infinity;
  }
}
