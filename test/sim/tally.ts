import { NO_USERS } from './users/users.js';
import type { Done } from './worker.js';

/** Totals of many runs. */
export class Tally {
  passed = 0;
  failed = 0;
  readonly #began = performance.now();
  #simulatedMs = 0;
  #cpuMs = 0;
  #answered = 0;
  #committed = 0;
  #users = NO_USERS;

  add({ result, cpuMs }: Done): void {
    if (result.violation === undefined) this.passed++;
    else this.failed++;
    this.#simulatedMs += result.simulatedMs;
    this.#cpuMs += cpuMs;
    this.#answered += result.answered;
    this.#committed += result.committed;
    const [before, more] = [this.#users, result.users];
    this.#users = {
      answered: before.answered + more.answered,
      denied: before.denied + more.denied,
      events: before.events + more.events,
      revoked: before.revoked + more.revoked,
    };
  }

  text(): string {
    const realMs = performance.now() - this.#began;
    const times = (ms: number): string => (ms === 0 ? '?' : Math.round(this.#simulatedMs / ms).toString());
    const seeds = Math.round(((this.passed + this.failed) / realMs) * 60_000);
    return [
      `${this.#answered} calls answered, ${this.#committed} entries committed`,
      `users: ${this.#users.answered} calls answered, ${this.#users.denied} denied; ` +
        `${this.#users.events} events, ${this.#users.revoked} watches revoked`,
      `${Math.round(this.#simulatedMs / 1000)} s simulated in ${Math.round(realMs / 1000)} s: ${times(realMs)} times as ` +
        `fast (${times(this.#cpuMs)} times for each second of a processor), ${seeds} seeds a minute`,
      `${this.passed} passed, ${this.failed} failed`,
    ].join('\n');
  }
}
