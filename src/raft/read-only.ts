import { bytesKey } from './bytes.js';
import type { Message, NodeId } from './types.js';

/** A read that waits for a quorum to confirm the leader. */
export interface PendingRead {
  readonly request: Message;
  /** The commit index when the request arrived. Once it is applied, the read sees all writes acknowledged before. */
  readonly index: number;
  readonly acks: Set<NodeId>;
}

/**
 * Pending reads of a leader (thesis, section 6.4), in order of arrival. A heartbeat with the newest context was sent after
 * all of them had arrived, so its answers confirm all of them in one round.
 */
export class ReadOnly {
  /** Insertion order is the order of arrival. */
  readonly #pending = new Map<string, PendingRead>();
  #newest: Uint8Array | undefined;
  #roundDue = false;

  get count(): number {
    return this.#pending.size;
  }

  /** Whether reads have arrived since the last round was sent. */
  get roundDue(): boolean {
    return this.#roundDue;
  }

  /** The context of the next heartbeat; undefined without pending reads. */
  get newestContext(): Uint8Array | undefined {
    return this.#newest;
  }

  /** Adds a read. A pending context is ignored: it is the same request, sent again. */
  add(request: Message, read: { readonly index: number; readonly self: NodeId }): void {
    const key = bytesKey(request.context);
    if (this.#pending.has(key)) return;
    this.#pending.set(key, { request, index: read.index, acks: new Set([read.self]) });
    this.#newest = request.context;
    this.#roundDue = true;
  }

  /** A heartbeat with the newest context was queued for all members. */
  roundSent(): void {
    this.#roundDue = false;
  }

  /** Records an answer. @returns the members that have answered this round, or undefined if it is over */
  acknowledge(from: NodeId, context: Uint8Array): ReadonlySet<NodeId> | undefined {
    return this.#pending.get(bytesKey(context))?.acks.add(from);
  }

  /** Removes the read with a confirmed context, and all reads before it. */
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
