import { bytesKey } from './bytes.js';
import type { Message, NodeId } from './types.js';

/** A read that waits until a quorum has confirmed that its leader still leads. */
export interface PendingRead {
  readonly request: Message;
  /** The commit index when the request arrived: once it is applied, the read sees all that was acknowledged before. */
  readonly index: number;
  readonly acks: Set<NodeId>;
}

/**
 * The reads under way at a leader (thesis, section 6.4), in order of arrival. The newest context stands for all before
 * it: a heartbeat that carries it left after they all had arrived, so its answers confirm all of them in one round.
 */
export class ReadOnly {
  /** Insertion order is the order of arrival. */
  readonly #pending = new Map<string, PendingRead>();
  #newest: Uint8Array | undefined;
  #roundDue = false;

  get count(): number {
    return this.#pending.size;
  }

  /** Reads arrived since the last round was sent. */
  get roundDue(): boolean {
    return this.#roundDue;
  }

  /** The context that the next heartbeat carries; undefined while no read waits. */
  get newestContext(): Uint8Array | undefined {
    return this.#newest;
  }

  /** A context that waits already is the same request, sent again. */
  add(request: Message, read: { readonly index: number; readonly self: NodeId }): void {
    const key = bytesKey(request.context);
    if (this.#pending.has(key)) return;
    this.#pending.set(key, { request, index: read.index, acks: new Set([read.self]) });
    this.#newest = request.context;
    this.#roundDue = true;
  }

  /** A heartbeat with the newest context has been queued for everybody. */
  roundSent(): void {
    this.#roundDue = false;
  }

  /** @returns who has answered this round, or undefined where it is settled already */
  acknowledge(from: NodeId, context: Uint8Array): ReadonlySet<NodeId> | undefined {
    return this.#pending.get(bytesKey(context))?.acks.add(from);
  }

  /** The round with this context is confirmed: it, and every read before it, leave the queue. */
  release(context: Uint8Array): readonly PendingRead[] {
    const key = bytesKey(context);
    const released: PendingRead[] = [];
    for (const [each, read] of this.#pending) {
      this.#pending.delete(each);
      released.push(read);
      if (each === key) break;
    }
    if (this.#pending.size === 0) {
      this.#newest = undefined;
      this.#roundDue = false;
    }
    return released;
  }
}
