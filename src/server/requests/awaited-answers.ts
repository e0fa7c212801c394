import type { RequestOrigin } from '../../kv/commands/command.js';
import type { ApplyResult } from '../../kv/store.js';
import { IntegerTable } from '../../util/integer-table.js';

/** A command whose answer is awaited. */
export interface Awaited {
  readonly origin: RequestOrigin;
  /** Whether the caller's connection can take an answer. */
  readonly hasRoom: boolean;
  /** Called once, unless `forget` is called before. */
  deliver(result: ApplyResult): void;
}

/**
 * The commands of this member whose answers are awaited. The proposer adds a command once the node has taken it, and the
 * store delivers the answer once it has applied the command.
 */
export class AwaitedAnswers {
  readonly #memberId: number;
  readonly #boot: number;
  readonly #awaited = new IntegerTable<Awaited>();
  #sequence = 0;

  /** @param options.boot random number that identifies this start, so that answers of an earlier one match nothing */
  constructor({ memberId, boot }: { readonly memberId: number; readonly boot: number }) {
    this.#memberId = memberId;
    this.#boot = boot;
  }

  /** Number of commands whose answers are awaited. */
  get size(): number {
    return this.#awaited.size;
  }

  /** Identifies the next command. */
  nextOrigin(): RequestOrigin {
    return { member: this.#memberId, boot: this.#boot, sequence: ++this.#sequence };
  }

  await(awaited: Awaited): void {
    this.#awaited.set(awaited.origin.sequence, awaited);
  }

  forget({ sequence }: RequestOrigin): void {
    this.#awaited.delete(sequence);
  }

  /** Whether the store needs to build an answer. */
  isWaiting({ member, boot, sequence }: RequestOrigin): boolean {
    return member === this.#memberId && boot === this.#boot && this.#awaited.has(sequence);
  }

  /** Whether the caller of an awaited command can take an answer. */
  hasRoom({ sequence }: RequestOrigin): boolean {
    return this.#awaited.get(sequence)?.hasRoom !== false;
  }

  /** Delivers the answer to a command. An answer that is not awaited is dropped. */
  applied(origin: RequestOrigin, result: ApplyResult): void {
    const { member, boot, sequence } = origin;
    if (member !== this.#memberId || boot !== this.#boot) return;
    this.#awaited.delete(sequence)?.deliver(result);
  }
}
