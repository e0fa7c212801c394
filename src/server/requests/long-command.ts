/** What a store shows of its work. */
export interface ApplyProgress {
  appliedIndex(): number;
  /** Slices that are done of the batch in progress; 0 between batches, and for small ones. */
  slicesDone(): number;
}

/** Time from which on a command is long, in ms. A busy member applies many commands in it. */
const LONG_MS = 1_000;
/** Time without a further slice after which a command no longer makes progress, in ms: the disk may hang. */
const STUCK_MS = 10_000;

/** Recognises, from samples, that the store has been applying one command for long and still makes progress. */
export class LongCommand {
  readonly #store: ApplyProgress;
  #index = -1;
  #slices = 0;
  /** The times of the first and of the latest sample that found further slices. */
  #begunMs = 0;
  #latestMs = 0;

  constructor(store: ApplyProgress) {
    this.#store = store;
  }

  /** To be called several times a second while it matters. */
  isInProgress(nowMs: number): boolean {
    const index = this.#store.appliedIndex();
    const slices = this.#store.slicesDone();
    // A large command ends its batch, so the applied index is another one when the next begins.
    if (index !== this.#index || this.#slices === 0) this.#begunMs = nowMs;
    if (index !== this.#index || slices !== this.#slices) this.#latestMs = nowMs;
    this.#index = index;
    this.#slices = slices;
    return slices > 0 && nowMs - this.#begunMs >= LONG_MS && nowMs - this.#latestMs <= STUCK_MS;
  }
}
