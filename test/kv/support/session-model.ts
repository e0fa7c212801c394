import type { SessionCall } from '../../../src/kv/sessions/session-call.js';
import { SESSION_BOUNDS } from '../../../src/kv/sessions/session-table.js';
import type { Compared } from './compared.js';
import type { Model } from './model.js';

interface ModelSession {
  acknowledged: number;
  readonly results: Map<number, Compared>;
}

/** The semantics of client sessions: every result is kept until it is acknowledged. */
export class SessionModel {
  readonly #model: Pick<Model, 'revision'>;
  readonly #sessions = new Map<number, ModelSession>();

  constructor(model: Pick<Model, 'revision'>) {
    this.#model = model;
  }

  has(id: number): boolean {
    return this.#sessions.has(id);
  }

  open(id: number): void {
    this.#sessions.set(id, { acknowledged: 1, results: new Map() });
  }

  close(id: number): void {
    this.#sessions.delete(id);
  }

  /** @param apply applies the write to the model */
  write({ session: id, sequence, acknowledged }: SessionCall, apply: () => Compared): Compared {
    const session = this.#sessions.get(id);
    if (session === undefined) return this.#refused('session-not-found');
    session.acknowledged = Math.max(session.acknowledged, Math.min(acknowledged, sequence));
    for (const known of session.results.keys()) if (known < session.acknowledged) session.results.delete(known);
    if (sequence < session.acknowledged) return this.#refused('session-acknowledged');
    const first = session.results.get(sequence);
    if (first !== undefined) return first;
    if (sequence >= session.acknowledged + SESSION_BOUNDS.window) return this.#refused('session-window');
    const result = apply();
    session.results.set(sequence, result);
    return result;
  }

  /** Applied writes that are not acknowledged. */
  get openSequences(): number {
    return [...this.#sessions.values()].reduce((sum, { results }) => sum + results.size, 0);
  }

  #refused(kind: string): Compared {
    return { kind: 'error', revision: this.#model.revision, error: { kind } };
  }
}
