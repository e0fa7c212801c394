/** Wakes one waiting loop. A signal that is set while no loop waits is remembered, so that no wake-up is lost. */
export class Signal {
  #set = false;
  #wake: (() => void) | undefined;

  /** Whether a wait would end at once. */
  get isSet(): boolean {
    return this.#set;
  }

  set(): void {
    this.#set = true;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Resolves once the signal is set, and clears it. One waiter at a time. */
  async wait(): Promise<void> {
    if (!this.#set) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#set = false;
  }
}
