import type { RawNode } from '../../raft/raw-node.js';
import type { ConfState, NodeId } from '../../raft/types.js';

/**
 * Chooses the followers that are asked to confirm a ReadIndex round. The answers of a quorum are enough (thesis, section
 * 6.4), so the other followers are asked only if that quorum does not answer in time.
 */
export class RoundPeers {
  readonly #raw: Pick<RawNode, 'id' | 'confState'>;
  #configuration: ConfState | undefined;
  /** The other voters. The first `#asked` of them are asked at once. */
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

  /** Records that a peer answered when those asked first did not. From now on it is asked first. */
  answeredInstead(peer: NodeId): void {
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
    // Floor(n/2) others and this voter are a majority of n. In a joint configuration, or if the leader is no voter, which
    // is rare, all are asked.
    const simple = votersOutgoing.length === 0 && voters.includes(id);
    this.#asked = simple ? Math.floor(voters.length / 2) : Infinity;
  }
}
