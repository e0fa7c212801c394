import type { SimCall } from './calls.js';

/** One event, as a watcher saw it. */
export interface SeenEvent {
  readonly revision: number;
  readonly key: string;
  /** Null: deleted. */
  readonly value: string | null;
}

/** The keys of a watcher; the two keys of a pair are written in one transaction. */
export type Watched = 'all' | 'pairs' | { readonly key: string };

export function isWatched(watched: Watched, key: string): boolean {
  if (watched === 'all') return true;
  return watched === 'pairs' ? key.startsWith('pair') : key === watched.key;
}

/** Everything that one watcher received in a run, across its streams. */
export interface WatchRecord {
  readonly name: string;
  readonly watched: Watched;
  /** Its start revision. */
  readonly from: number;
  readonly events: readonly SeenEvent[];
  /** Revisions that it missed because they were compacted: the first, and the first behind them. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** A progress notification: the revision, and the number of events received before. */
  readonly promises: readonly { readonly revision: number; readonly events: number }[];
}

/**
 * Compares the events of all watchers of a run with each other and with the writers' answers.
 * @param options.last the last revision; every watcher was notified of progress up to it
 * @returns the first few violations
 */
export function checkWatches(
  records: readonly WatchRecord[],
  history: readonly SimCall[],
  { last }: { readonly last: number },
): string[] {
  const errors: string[] = [];
  const truth = new Map<number, string>();
  for (const record of records.filter(({ watched }) => watched === 'all')) {
    for (const [revision, events] of byRevision(record.events)) {
      const text = textOf(events);
      const known = truth.get(revision) ?? text;
      truth.set(revision, text);
      if (known !== text) errors.push(`revision ${revision} is ${known} to one watcher, and ${text} to ${record.name}`);
    }
  }
  for (const { input, outcome } of history) {
    if (outcome.kind !== 'ok' || input.kind === 'get') continue;
    if (input.kind !== 'put' && outcome.output.wrote !== true) continue;
    const { revision } = outcome.output;
    const text = textOf([{ revision, key: input.key, value: input.kind === 'delete' ? null : input.value }]);
    const known = truth.get(revision);
    if (known !== undefined && known !== text) errors.push(`revision ${revision} wrote ${text}, watchers saw ${known}`);
  }
  for (const record of records) errors.push(...incomplete(record, { truth, last }));
  return errors.slice(0, 3);
}

/** Each revision that changes its keys must have been delivered, unless it was compacted, and before progress beyond it. */
function incomplete(
  { name, watched, from, events, gaps, promises }: WatchRecord,
  { truth, last }: { truth: ReadonlyMap<number, string>; last: number },
): string[] {
  const errors: string[] = [];
  const seen = byRevision(events);
  const isMissed = (revision: number): boolean =>
    gaps.some(([first, behind]) => revision >= first && revision < behind);
  // Revision 1 is that of the empty store.
  for (let revision = Math.max(from, 2); revision <= last; revision++) {
    if (isMissed(revision)) continue;
    const told = seen.get(revision);
    const all = truth.get(revision);
    if (watched === 'all' && told === undefined) errors.push(`${name} did not receive revision ${revision}`);
    if (all === undefined) continue;
    const wanted = (JSON.parse(all) as SeenEvent[]).filter(({ key }) => isWatched(watched, key));
    const text = wanted.length === 0 ? undefined : textOf(wanted);
    const got = told === undefined ? undefined : textOf(told);
    if (got !== text) errors.push(`${name} received ${got} for revision ${revision}, which is ${text}`);
  }
  for (const promise of promises) {
    const late = events.slice(promise.events).find(({ revision }) => revision <= promise.revision);
    if (late !== undefined) {
      errors.push(`${name} was promised all up to ${promise.revision}, and got ${late.revision} after that`);
    }
  }
  return errors;
}

function byRevision(events: readonly SeenEvent[]): ReadonlyMap<number, readonly SeenEvent[]> {
  const revisions = new Map<number, SeenEvent[]>();
  for (const event of events) {
    const known = revisions.get(event.revision);
    if (known === undefined) revisions.set(event.revision, [event]);
    else known.push(event);
  }
  return revisions;
}

function textOf(events: readonly SeenEvent[]): string {
  return JSON.stringify(events.map(({ revision, key, value }) => ({ revision, key, value })));
}
