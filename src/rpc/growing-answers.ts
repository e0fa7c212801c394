import type { AnswerGrowth } from '../util/answer-growth.js';

/**
 * The answers of a member that are being made. Together with the unsent ones they stay below the member's bound, except
 * for the oldest: it may become as large as the store, while no unsent answers fill the bound. The others wait.
 */
export class GrowingAnswers {
  readonly #bytesMax: number;
  readonly #unsentBytes: () => number;
  /** In order of their beginnings. */
  readonly #answers = new Set<GrowingAnswer>();
  #bytes = 0;

  constructor(options: { readonly bytesMax: number; readonly unsentBytes: () => number }) {
    this.#bytesMax = options.bytesMax;
    this.#unsentBytes = options.unsentBytes;
  }

  /** Whether an answer waits. */
  get hasWaiting(): boolean {
    for (const answer of this.#answers) if (answer.isWaiting) return true;
    return false;
  }

  add(answer: GrowingAnswer): void {
    this.#answers.add(answer);
  }

  /** Counts bytes that an answer has grown by. @returns whether it may grow on */
  grown(answer: GrowingAnswer, bytes: number): boolean {
    this.#bytes += bytes;
    return this.#mayGrow(answer);
  }

  remove(answer: GrowingAnswer, bytes: number): void {
    if (!this.#answers.delete(answer)) return;
    this.#bytes -= bytes;
    this.goOn();
  }

  /** Continues with answers for which there is room now. */
  goOn(): void {
    for (const answer of this.#answers) if (answer.isWaiting && this.#mayGrow(answer)) answer.goOn();
  }

  #mayGrow(answer: GrowingAnswer): boolean {
    const unsentBytes = this.#unsentBytes();
    if (unsentBytes + this.#bytes < this.#bytesMax) return true;
    const [oldest] = this.#answers;
    return answer === oldest && unsentBytes < this.#bytesMax;
  }
}

export class GrowingAnswer implements AnswerGrowth {
  readonly #all: GrowingAnswers;
  readonly #onWait: () => void;
  readonly #onEnd: (answer: GrowingAnswer) => void;
  #bytes = 0;
  #resume: ((wanted: boolean) => void) | undefined;
  #isWanted = true;

  /** @param options.onWait called when the answer begins to wait */
  constructor(
    all: GrowingAnswers,
    options: { readonly onWait: () => void; readonly onEnd: (answer: GrowingAnswer) => void },
  ) {
    this.#all = all;
    this.#onWait = options.onWait;
    this.#onEnd = options.onEnd;
    all.add(this);
  }

  get isWaiting(): boolean {
    return this.#resume !== undefined;
  }

  holds(bytes: number): Promise<boolean> | undefined {
    if (!this.#isWanted) return Promise.resolve(false);
    const added = bytes - this.#bytes;
    this.#bytes = bytes;
    if (this.#all.grown(this, added)) return undefined;
    return new Promise((resume) => {
      this.#resume = resume;
      this.#onWait();
    });
  }

  goOn(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.(this.#isWanted);
  }

  end(): void {
    this.#all.remove(this, this.#bytes);
    this.#onEnd(this);
  }

  /** The connection is closed. */
  abandon(): void {
    this.#isWanted = false;
    this.goOn();
  }
}
