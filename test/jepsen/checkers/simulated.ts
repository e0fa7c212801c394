import { randomInteger, type Random } from '../../../src/util/random.js';
import type { HistoryEvent } from '../history/event.js';

export interface SimulatedCall {
  readonly f: string;
  readonly key?: string;
  readonly value?: unknown;
}

export type SimulatedResult = Pick<HistoryEvent, 'type' | 'value' | 'revision' | 'error'>;

export interface Simulation {
  readonly random: Random;
  readonly calls: number;
  /** Default 5. */
  readonly processes?: number;
  /** Part of the calls whose answer is lost; half of them take effect. Default 0.03. */
  readonly lost?: number;
  /** The next call of a process. */
  readonly next: (process: number) => SimulatedCall;
  /** The effect of a call, at the instant at which it happens. */
  readonly apply: (call: SimulatedCall, process: number) => SimulatedResult;
}

interface OpenCall {
  readonly call: SimulatedCall;
  result: SimulatedResult | undefined;
}

/** A legal history: each call takes effect at one instant between its start and its end, or never. */
export function simulate({ random, calls, processes = 5, lost = 0.03, next, apply }: Simulation): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const numbers = Array.from({ length: processes }, (_, at) => at);
  const open = new Map<number, OpenCall>();
  let unused = processes;
  let begun = 0;
  for (let time = 1; begun < calls || open.size > 0; time += 1) {
    const at = randomInteger(random, 0, processes);
    const process = numbers[at] ?? 0;
    const one = open.get(process);
    if (one === undefined) {
      if (begun >= calls) continue;
      begun += 1;
      const call = next(process);
      events.push({ time, process, type: 'invoke', ...call });
      open.set(process, { call, result: undefined });
    } else if (one.result === undefined) {
      const isLost = random.next() < lost;
      if (!isLost || random.next() < 0.5) one.result = apply(one.call, process);
      if (isLost) one.result = { type: 'info' };
    } else {
      events.push({ time, process, ...one.call, ...one.result });
      open.delete(process);
      if (one.result.type === 'info') numbers[at] = unused++;
    }
  }
  return events;
}

/** The history with one event replaced. */
export function changed(
  events: readonly HistoryEvent[],
  at: number,
  change: (event: HistoryEvent) => Partial<HistoryEvent>,
): HistoryEvent[] {
  return events.map((event, index) => (index === at ? { ...event, ...change(event) } : event));
}

/** The index of a random event that fits. */
export function pickEvent(
  random: Random,
  events: readonly HistoryEvent[],
  fits: (event: HistoryEvent, at: number) => boolean,
): number {
  const all = events.flatMap((event, at) => (fits(event, at) ? [at] : []));
  const picked = all[randomInteger(random, 0, all.length)];
  if (picked === undefined) throw new Error('no event fits');
  return picked;
}
