/** A read that waits until the memory has reached a revision. */
interface Wait {
  readonly revision: number;
  /** A member is known to have applied the revision, so a watch can be expected to reach it. */
  readonly confirmed: boolean;
  readonly done: (reached: boolean) => void;
}

/** The reads that wait for the progress of a watch. */
export class ProgressWaits {
  #waits: Wait[] = [];

  /** Resolves with false if the wait was given up. */
  async add(revision: number, { confirmed }: { readonly confirmed: boolean }): Promise<boolean> {
    return await new Promise<boolean>((done) => {
      this.#waits.push({ revision, confirmed, done });
    });
  }

  /** The smallest revision that a read waits for; undefined if none does. */
  get least(): number | undefined {
    let least: number | undefined;
    for (const { revision, confirmed } of this.#waits) {
      if (confirmed && (least === undefined || revision < least)) least = revision;
    }
    return least;
  }

  reached(revision: number): void {
    if (this.#waits.length > 0) this.#end((wait) => wait.revision <= revision, true);
  }

  /** Gives up the waits for revisions that may not exist. */
  giveUpUnconfirmed(): void {
    this.#end(({ confirmed }) => !confirmed, false);
  }

  giveUp(): void {
    this.#end(() => true, false);
  }

  #end(isOver: (wait: Wait) => boolean, reached: boolean): void {
    const over = this.#waits.filter(isOver);
    this.#waits = this.#waits.filter((wait) => !isOver(wait));
    for (const { done } of over) done(reached);
  }
}
