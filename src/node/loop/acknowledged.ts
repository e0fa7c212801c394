import type { Message, NodeId } from '../../raft/types.js';

/** What this member has acknowledged to each leader, to find acknowledgements that say nothing new. */
export class Acknowledged {
  readonly #sent = new Map<NodeId, { readonly term: number; readonly index: number }>();

  /** A link broke or is new: what was sent may not have arrived. */
  forget(peer: NodeId): void {
    this.#sent.delete(peer);
  }

  /** Records a message that is sent. */
  record({ type, reject, to, term, index }: Message): void {
    if (type === 'MsgAppResp' && !reject) this.#sent.set(to, { term, index });
  }

  /** Whether the message acknowledges no more than what was sent in its term already: the answer to a new commit index. */
  covers({ type, reject, to, term, index }: Message): boolean {
    if (type !== 'MsgAppResp' || reject) return false;
    const sent = this.#sent.get(to);
    return sent !== undefined && sent.term === term && index <= sent.index;
  }
}
