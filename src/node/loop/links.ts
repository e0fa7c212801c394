import type { NodeId } from '../../raft/types.js';

/** The peers whose link is up. */
export class Links {
  readonly #connected = new Set<NodeId>();

  up(peer: NodeId): void {
    this.#connected.add(peer);
  }

  down(peer: NodeId): void {
    this.#connected.delete(peer);
  }

  isConnected(peer: NodeId): boolean {
    return this.#connected.has(peer);
  }
}
