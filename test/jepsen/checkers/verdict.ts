import { mainThreadMs } from '../../support/turn-probe.js';
import type { RecordedCall } from '../history/history.js';
import type { Anomaly, Verdict } from '../history/verdict.js';

/** Anomalies of one kind that are described; the others are counted in the verdict's details. */
const ANOMALIES_PER_NAME_MAX = 10;

/** Of a value in the description of a call. */
const VALUE_CHARACTERS_MAX = 400;

/** What a checker found. */
export interface Findings {
  /** Calls that were checked. */
  readonly operations: number;
  readonly anomalies: readonly Anomaly[];
  /** Why the history could not be decided, if no anomaly was found. */
  readonly undecided?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Runs a checker. Of many anomalies with one name only the first are kept, and the number of all is in the details. */
export function verdictOf(checker: string, check: () => Findings): Verdict {
  const beganMs = mainThreadMs();
  const { operations, anomalies, undecided, details } = check();
  const counts = new Map<string, number>();
  const kept = anomalies.filter(({ name }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= ANOMALIES_PER_NAME_MAX;
  });
  const all = {
    ...details,
    ...(anomalies.length > kept.length ? { anomalies: Object.fromEntries(counts) } : {}),
    ...(undecided === undefined ? {} : { undecided }),
  };
  return {
    checker,
    valid: anomalies.length > 0 ? false : undecided === undefined ? true : 'unknown',
    operations,
    anomalies: kept,
    ms: Math.round(mainThreadMs() - beganMs),
    ...(Object.keys(all).length > 0 ? { details: all } : {}),
  };
}

/** An anomaly shown by calls: its events are their starts and ends. */
export function anomaly(name: string, text: string, calls: readonly Pick<RecordedCall, 'at' | 'endAt'>[]): Anomaly {
  const events = calls.flatMap(({ at, endAt }) => (endAt === undefined ? [at] : [at, endAt]));
  return { name, text, events: [...new Set(events)].sort((a, b) => a - b) };
}

/** A call in one line: `process 3 write a 7 → ok`, times in ms. */
export function describeCall({ process, invoke, completion, outcome }: RecordedCall): string {
  const ms = (time: number): string => (time / 1000).toFixed(3);
  const time = `[${ms(invoke.time)}, ${completion === undefined || outcome === 'info' ? '?' : ms(completion.time)}]`;
  const parts = [invoke.f, invoke.key, invoke.value === undefined ? undefined : brief(invoke.value)];
  const result = completion?.value === undefined ? '' : ` ${brief(completion.value)}`;
  const revision = completion?.revision === undefined ? '' : ` at revision ${completion.revision}`;
  const answer = outcome === 'ok' ? `${result}${revision}` : outcome === 'fail' ? ` failed` : ' ?';
  return `process ${process} ${time} ${parts.filter((part) => part !== undefined).join(' ')} →${answer === '' ? ' ok' : answer}`;
}

/** The end matters most: it has the newest elements of lists. */
function brief(value: unknown): string {
  const text = JSON.stringify(value);
  if (text.length <= VALUE_CHARACTERS_MAX) return text;
  return `${text.slice(0, VALUE_CHARACTERS_MAX / 2)} … ${text.slice(-VALUE_CHARACTERS_MAX / 2)}`;
}
