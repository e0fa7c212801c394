import type { Defect } from './fake-store.js';
import { refusal } from './fake-store.js';

const LATE_MS = 100;

/** Permissions of single keys. A role belongs to one user, and has its name after `role-of-`. */
export class FakePermissions {
  readonly #granted = new Map<string, { readonly granted: boolean; readonly sinceMs: number }>();
  readonly #nowMs: () => number;
  readonly #defect: Defect | undefined;

  constructor(nowMs: () => number, defect: Defect | undefined) {
    this.#nowMs = nowMs;
    this.#defect = defect;
  }

  change(role: string, key: string, granted: boolean): void {
    const name = `${role} ${key}`;
    if (!granted && this.#granted.get(name)?.granted !== true) {
      throw refusal('not-found', 'etcdserver: permission is not granted to the role');
    }
    this.#granted.set(name, { granted, sinceMs: this.#nowMs() });
  }

  check(user: string, key: string): void {
    const state = this.#granted.get(`role-of-${user} ${key}`);
    if (state?.granted === true) return;
    const isLate = this.#defect === 'late-revocation' && state !== undefined && this.#nowMs() - state.sinceMs < LATE_MS;
    if (!isLate) throw refusal('permission-denied', 'etcdserver: permission denied');
  }
}
