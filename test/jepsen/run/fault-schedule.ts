import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.js';
import type { HistoryEvent } from '../history/event.js';
import { patiently } from '../cluster/patience.js';
import type { Effects, Fault, Nemesis, NemesisContext } from '../nemesis/nemesis.js';
import { NoTarget } from '../nemesis/targets.js';
import { within } from '../net/span.js';
import type { Recorder } from './recorder.js';
import { recover } from './recovery.js';
import type { Recovery } from './recovery.js';
import { randomFor } from './settings.js';

const PAUSE_MS = [2000, 4000] as const;
const HOLD_MS = [3000, 7000] as const;
/** A fault is not started if less time than this is left, in ms. The first one always is. */
const SHORTEST_MS = 2500;
/** Longest wait for a member that a fault needs, in ms. */
const MEMBER_MS_MAX = 60_000;
/** The longest time of a timer. */
const FOREVER_MS = 2 ** 31 - 1;

export interface FaultScheduleOptions {
  readonly nemeses: readonly Nemesis[];
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly seed: number;
  readonly log: (text: string) => void;
}

/** What faults a run had. */
export interface FaultTally {
  /** Faults of each nemesis. */
  readonly faults: Readonly<Record<string, number>>;
  /** What they did, by the name of the nemesis and of the effect. */
  readonly effects: Readonly<Record<string, Effects>>;
  /** The first write after each heal. */
  readonly recoveries: readonly Recovery[];
}

/** Starts and stops faults by chance until the time is over. Several nemeses work at the same time. */
export class FaultSchedule {
  readonly #options: FaultScheduleOptions;
  readonly #faults: Record<string, number> = {};
  readonly #effects: Record<string, Record<string, number>> = {};
  readonly #recoveries: Recovery[] = [];
  /** Aborted when the run fails: faults are undone at once, and no others begin. */
  readonly #ends = new AbortController();
  #lastStartMs = Number.POSITIVE_INFINITY;
  /** When the last fault had no effect any more. */
  #undoneMs: number | undefined;

  constructor(options: FaultScheduleOptions) {
    this.#options = options;
  }

  get tally(): FaultTally {
    return { faults: this.#faults, effects: this.#effects, recoveries: this.#recoveries };
  }

  /**
   * @param calmSeconds without a fault at the beginning and after the last heal, within `seconds`
   * @throws Error if a fault cannot be injected or undone, or did nothing
   */
  async run(seconds: number, calmSeconds: number): Promise<void> {
    const { nemeses } = this.#options;
    await pause(calmSeconds * 1000, this.#ends.signal);
    const loadMs = (seconds - 2 * calmSeconds) * 1000;
    const signal = endAfter(loadMs, this.#ends.signal);
    // A fault that lasts for a moment only could find nothing to disturb.
    this.#lastStartMs = performance.now() + loadMs - SHORTEST_MS;
    if (nemeses.length === 0) await ended(signal);
    await this.#repeatAll(signal);
    if (this.#ends.signal.aborted) return;
    // Several faults at once leave the cluster whole only at the end.
    if (nemeses.length !== 1) await this.#heal();
    for (const { name } of nemeses) {
      const effects = Object.values(this.#effects[name] ?? {});
      if (!effects.some((count) => count > 0)) throw new Error(`the fault ${name} did nothing`);
    }
    await pause(calmSeconds * 1000, this.#ends.signal);
  }

  /** Makes `run` undo all faults and return soon. */
  end(): void {
    this.#ends.abort();
  }

  /** If one nemesis fails, the others undo their faults before the error is thrown: they must not outlive the cluster. */
  async #repeatAll(signal: AbortSignal): Promise<void> {
    const errors: unknown[] = [];
    const repeat = async (nemesis: Nemesis): Promise<void> => {
      try {
        await this.#repeat(nemesis, signal);
      } catch (error) {
        errors.push(error);
        this.end();
      }
    };
    await Promise.all(this.#options.nemeses.map(repeat));
    if (errors.length > 0) throw errors[0];
  }

  async #repeat(nemesis: Nemesis, signal: AbortSignal): Promise<void> {
    const random = randomFor(this.#options.seed, `nemesis ${nemesis.name}`);
    const { pauseMs = PAUSE_MS, holdMs = HOLD_MS } = nemesis;
    for (;;) {
      await this.#inject(nemesis, () => within(holdMs, random), signal);
      if (signal.aborted) return;
      await pause(within(pauseMs, random), signal);
      if (signal.aborted || performance.now() > this.#lastStartMs) return await ended(signal);
    }
  }

  async #inject(nemesis: Nemesis, holdMs: () => number, signal: AbortSignal): Promise<void> {
    const { cluster, recorder, seed, log } = this.#options;
    const { name } = nemesis;
    const turn = (this.#faults[name] ?? 0) + 1;
    const ends = new AbortController();
    const record = (event: Pick<HistoryEvent, 'f' | 'value' | 'node'>): void =>
      recorder.add({ process: 'cluster', type: 'info', ...event });
    let undoneMs: number | undefined;
    const undone = (): void => void (undoneMs = performance.now());
    const context: NemesisContext = {
      cluster,
      random: randomFor(seed, `${name} ${turn}`),
      signal: ends.signal,
      log,
      record,
      undone,
    };
    // Another fault may have taken all members down.
    await patiently('a running member', MEMBER_MS_MAX, async () => cluster.running.length > 0 || undefined);
    const fault = await startOf(nemesis, context);
    if (fault === undefined) return log(`${name}: no member can have it now`);
    this.#faults[name] = turn;
    const event = { process: 'nemesis', type: 'info', f: fault.f, value: fault.value } as const;
    recorder.add(event);
    log(`${name}: ${JSON.stringify(fault.value)}`);
    await pause(holdMs(), signal);
    ends.abort();
    const effects = await fault.stop();
    this.#undoneMs = Math.max(this.#undoneMs ?? 0, undoneMs ?? performance.now());
    recorder.add({ ...event, phase: 'end' });
    log(
      `${name}: undone; ${Object.entries(effects)
        .map(([effect, count]) => `${effect} ${count}`)
        .join(', ')}`,
    );
    this.#count(name, effects);
    if (this.#options.nemeses.length === 1 && !this.#ends.signal.aborted) await this.#heal();
  }

  #count(name: string, effects: Effects): void {
    const sums = (this.#effects[name] ??= {});
    for (const [effect, count] of Object.entries(effects)) sums[effect] = (sums[effect] ?? 0) + count;
  }

  async #heal(): Promise<void> {
    const { cluster, recorder, log } = this.#options;
    await cluster.network.heal();
    const isRestored = await cluster.restore();
    const healedMs = isRestored || this.#undoneMs === undefined ? performance.now() : this.#undoneMs;
    recorder.add({ process: 'nemesis', type: 'info', f: 'heal' });
    const recovery = await recover(cluster, healedMs);
    this.#recoveries.push(recovery);
    const { node, ms, stalledMs, syncMs } = recovery;
    if (node === undefined) return log('no write succeeded after the heal');
    recorder.add({ process: 'cluster', type: 'info', f: 'first-write', node, value: { ms, stalledMs, syncMs } });
    log(`first write ${ms} ms after the heal`);
  }
}

/** Undefined if no member can have the fault now. */
async function startOf(nemesis: Nemesis, context: NemesisContext): Promise<Fault | undefined> {
  try {
    return await nemesis.start(context);
  } catch (error) {
    if (error instanceof NoTarget) return undefined;
    throw error;
  }
}

/**
 * A signal that aborts after a time, or with another signal. On Node 20 a signal of `AbortSignal.timeout` that only
 * `AbortSignal.any` refers to is collected as garbage, and never aborts.
 */
function endAfter(ms: number, earlier: AbortSignal): AbortSignal {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), ms);
  const abort = (): void => {
    clearTimeout(timer);
    end.abort();
  };
  if (earlier.aborted) abort();
  else earlier.addEventListener('abort', abort, { once: true });
  return end.signal;
}

/** Resolves when the time is over. */
async function ended(signal: AbortSignal): Promise<void> {
  await pause(FOREVER_MS, signal);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined); // the time is over
}
