import { EngineClosedError } from '../errors.js';
import { EngineViewExpiredError } from '../../ports/engine.js';
import { assert } from '../../util/assert.js';
import type { NativeLmdb, NativeTransaction } from './native.js';

/** Bounds on the pages that LMDB must keep for readers. */
export interface ViewBounds {
  /**
   * Growth of the file, in bytes, since a view was opened, beyond which it is given up. The larger of this and the size of
   * the file at that time holds, so a view of any state can be sent while as much is overwritten. Default 1 GiB.
   */
  readonly growthBytes: number;
  /** Time after a state was replaced in which its views are kept whatever they cost, in milliseconds. Default one minute. */
  readonly graceMs: number;
  /** Time after a state was replaced at which its views are given up, in milliseconds. Default one hour. */
  readonly ageMs: number;
}

export const DEFAULT_VIEW_BOUNDS: ViewBounds = { growthBytes: 2 ** 30, graceMs: 60_000, ageMs: 3_600_000 };

/** A state of the database, shared by its readers. */
export class LmdbView {
  readonly transaction: NativeTransaction;
  /** For reads. */
  readonly options: { readonly transaction: NativeTransaction };
  readonly fileBytes: number;
  /** When a later state replaced it. */
  supersededMs = Infinity;
  holders = 1;
  #state: 'open' | 'expired' | 'closed' = 'open';

  constructor(transaction: NativeTransaction, fileBytes: number) {
    this.transaction = transaction;
    this.options = { transaction };
    this.fileBytes = fileBytes;
  }

  /** @throws EngineViewExpiredError, EngineClosedError */
  assertOpen(): void {
    if (this.#state === 'expired') {
      throw new EngineViewExpiredError('the read took too long: the engine no longer keeps the state that it reads');
    }
    if (this.#state === 'closed') throw new EngineClosedError('the engine is closed');
  }

  /** Lets LMDB reuse its pages. */
  end(how: 'expired' | 'closed'): void {
    if (this.#state !== 'open') return;
    this.#state = how;
    this.transaction.done();
  }
}

/**
 * The states that readers use. LMDB keeps every page of them, and of all later states, so that the file grows while an old one
 * is read: views are given up, the oldest first, when they are too old or have cost too much.
 */
export class LmdbViews {
  readonly #db: NativeLmdb;
  readonly #bounds: ViewBounds;
  readonly #nowMs: () => number;
  #fileBytes: number;
  /** The newest state; undefined until it is read. */
  #current: LmdbView | undefined;
  /** States that readers use, oldest first. */
  readonly #open = new Set<LmdbView>();
  /** Views that are not released, open or not. */
  #held = 0;
  /** Called once the last one is released. */
  #onIdle: (() => void) | undefined;

  constructor(options: {
    readonly db: NativeLmdb;
    readonly fileBytes: number;
    readonly bounds: ViewBounds;
    readonly nowMs: () => number;
  }) {
    this.#db = options.db;
    this.#fileBytes = options.fileBytes;
    this.#bounds = options.bounds;
    this.#nowMs = options.nowMs;
  }

  /** Number of states that are kept. */
  get size(): number {
    return this.#open.size;
  }

  /** The newest state, for use in this turn alone. */
  get current(): LmdbView {
    return (this.#current ??= this.#openView());
  }

  /** The newest state, to be released. */
  acquire(): LmdbView {
    const view = this.current;
    view.holders++;
    return view;
  }

  release(view: LmdbView): void {
    view.holders--;
    assert(view.holders >= 0, 'a view is released twice');
    if (view.holders > 0) return;
    this.#open.delete(view);
    view.end('closed');
    this.#held--;
    if (this.#held === 0) this.#onIdle?.();
  }

  /** Called after a commit: later readers get the new state. */
  committed(fileBytes: number): void {
    this.#fileBytes = fileBytes;
    this.#supersede();
    this.expire();
  }

  /** Another file has the later states. @param onIdle called once no reader uses this one */
  retire(onIdle: () => void): void {
    this.#supersede();
    this.#onIdle = onIdle;
    if (this.#held === 0) onIdle();
  }

  /** Gives up the views that are beyond their bounds. */
  expire(): void {
    for (const view of this.#open) {
      const growthMax = Math.max(this.#bounds.growthBytes, view.fileBytes);
      const ageMs = this.#nowMs() - view.supersededMs;
      const isLarge = this.#fileBytes - view.fileBytes >= growthMax && ageMs >= this.#bounds.graceMs;
      if (!isLarge && ageMs < this.#bounds.ageMs) break;
      this.#open.delete(view);
      view.end('expired');
    }
  }

  /** Ends all views. */
  close(): void {
    for (const view of this.#open) view.end('closed');
    this.#open.clear();
  }

  #supersede(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.supersededMs = this.#nowMs();
    this.release(current);
  }

  #openView(): LmdbView {
    this.#held++;
    this.#db.resetReadTxn();
    const transaction = this.#db.useReadTransaction();
    // The library keeps no hold of it any more, and the next view has a transaction of its own.
    this.#db.resetReadTxn();
    const view = new LmdbView(transaction, this.#fileBytes);
    this.#open.add(view);
    return view;
  }
}
