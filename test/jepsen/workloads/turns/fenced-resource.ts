/** A counter outside the cluster that is protected by fencing tokens: it refuses a token smaller than one that it has seen. */
export class FencedResource {
  #token = 0;
  #count = 0;

  /** @returns the count; undefined if the token is refused */
  read(token: number): number | undefined {
    return this.#admits(token) ? this.#count : undefined;
  }

  /** @returns false if the token is refused */
  write(token: number, count: number): boolean {
    if (!this.#admits(token)) return false;
    this.#count = count;
    return true;
  }

  #admits(token: number): boolean {
    this.#token = Math.max(this.#token, token);
    return token === this.#token;
  }
}
