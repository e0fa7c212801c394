import { seededRandom, randomInteger, type Random } from '../../../src/util/random.js';
import type { HistoryEvent, HistoryHeader } from '../history/event.js';
import type { RunSummary } from '../history/summary.js';
import type { Verdict } from '../history/verdict.js';
import type { ReportInput } from './run-data.js';

export interface SyntheticOptions {
  readonly seed?: number;
  readonly seconds?: number;
  /** Calls a second. */
  readonly rate?: number;
  /** Adds a verdict that names a stale read among the calls. */
  readonly violated?: boolean;
  /** Seconds between two samples of each member. */
  readonly sampleSeconds?: number;
}

const NODES = ['n1', 'n2', 'n3'];
const KINDS = ['read', 'write', 'cas'] as const;
/** Every fault lasts so long, one begins in each period, s. */
const [HOLD, PERIOD] = [5, 12];

/** The input of a report as of a run that was never made: plausible calls, faults and samples. */
export function syntheticRun(options: SyntheticOptions = {}): ReportInput {
  const { seed = 1, seconds = 60, rate = 200, violated = false, sampleSeconds = 0.5 } = options;
  const random = seededRandom(seed);
  const events = [...calls(random, seconds, rate), ...faults(seconds), ...samples(random, seconds, sampleSeconds)].sort(
    (a, b) => a.time - b.time,
  );
  const verdicts = verdictsOf(events, violated);
  const header: HistoryHeader = {
    format: 'raftkv-history',
    version: 1,
    workload: 'register',
    nemesis: 'partition-leader',
    seed,
    nodes: 3,
    target: 'raftkv',
    net: 'proxy',
    commit: '0123456789abcdef0123456789abcdef01234567',
    started: '2026-11-30T06:48:00.000Z',
    options: { by: 'version' },
  };
  return { header, events, verdicts, summary: summaryOf(header, events, verdicts, seconds) };
}

function isFaulty(us: number): boolean {
  return (us / 1e6) % PERIOD >= PERIOD - HOLD - 2 && (us / 1e6) % PERIOD < PERIOD - 2;
}

function calls(random: Random, seconds: number, rate: number): HistoryEvent[] {
  const workers = Math.max(10, Math.ceil(rate / 50));
  const numbers = { next: workers };
  return Array.from({ length: workers }, (_, at) =>
    callsOfOne(random, at, numbers, seconds, (workers * 1e6) / rate),
  ).flat();
}

/** The calls of one worker, which takes the next number after an unknown outcome. */
function callsOfOne(
  random: Random,
  first: number,
  numbers: { next: number },
  seconds: number,
  gap: number,
): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  let [process, time] = [first, 1000 * first];
  while (time < seconds * 1e6) {
    const f = KINDS[randomInteger(random, 0, 3)] ?? 'read';
    const key = `r/${randomInteger(random, 0, 5)}`;
    const node = NODES[process % 3] ?? 'n1';
    const slow = isFaulty(time) ? 12 : 1;
    const latency = Math.round((f === 'read' ? 900 : 2200) * slow * Math.exp(2.4 * (random.next() - 0.4)));
    const version = randomInteger(random, 1, 9);
    const argument = { read: undefined, write: version, cas: [version, version + 1] }[f];
    events.push({
      time,
      process,
      type: 'invoke',
      f,
      key,
      node,
      ...(argument === undefined ? {} : { value: argument }),
    });
    const lost = isFaulty(time) && random.next() < 0.2;
    const done = time + (lost ? 1_000_000 : latency);
    if (lost && f !== 'read') {
      events.push({ time: done, process, type: 'info', f, key, node, error: 'deadline: no answer within 1000 ms' });
      process = numbers.next++;
    } else if (lost) {
      events.push({ time: done, process, type: 'fail', f, key, node, error: 'unavailable: no leader' });
    } else if (f === 'cas' && random.next() < 0.4) {
      events.push({
        time: done,
        process,
        type: 'fail',
        f,
        key,
        node,
        revision: events.length,
        error: 'another version',
      });
    } else {
      events.push({
        time: done,
        process,
        type: 'ok',
        f,
        key,
        node,
        value: argument ?? [version, version],
        revision: events.length,
      });
    }
    time = Math.max(done + 100, time + gap * (0.5 + random.next()));
  }
  return events;
}

function faults(seconds: number): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (let at = PERIOD - HOLD - 2, turn = 0; at + HOLD < seconds; at += PERIOD, turn += 1) {
    const f = turn % 2 === 0 ? 'partition' : 'kill';
    const value = f === 'kill' ? ['n2'] : [['n1'], ['n2', 'n3']];
    events.push({ time: at * 1e6, process: 'nemesis', type: 'info', f, value });
    events.push({ time: (at + HOLD) * 1e6, process: 'nemesis', type: 'info', f, value, phase: 'end' });
    events.push({ time: (at + HOLD) * 1e6 + 10, process: 'nemesis', type: 'info', f: 'heal' });
  }
  return events;
}

function samples(random: Random, seconds: number, every: number): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (let at = 0; at < seconds; at += every) {
    const term = 2 + Math.floor((at + HOLD + 1) / PERIOD);
    const leader = NODES[term % 3] ?? 'n1';
    for (const [index, node] of NODES.entries()) {
      if (node === 'n2' && isFaulty(at * 1e6) && term % 2 === 1) continue;
      const rss = Math.round((90 + 8 * index + 10 * random.next() + 12 * Math.min(1, at / 30)) * 2 ** 20);
      const disk = Math.round((64 + 3 * (at % 40) + 2 * index) * 2 ** 20);
      const value = { term, leader, revision: at * 100, rss, fds: 40 + index + randomInteger(random, 0, 6), disk };
      events.push({ time: at * 1e6 + index, process: 'cluster', type: 'info', f: 'status', node, value });
    }
  }
  return events;
}

/** A read, and the two writes before it on its key: as if it had returned the older one. */
function verdictsOf(events: readonly HistoryEvent[], violated: boolean): Verdict[] {
  const operations = events.filter(({ type }) => type === 'invoke').length;
  const read = events.findLastIndex(({ type, f, time }) => type === 'ok' && f === 'read' && time < 20e6);
  const writes = [...events.keys()].filter((at) => {
    const event = events[at];
    return at < read && event?.f === 'write' && event.type === 'ok' && event.key === events[read]?.key;
  });
  const named = [...writes.slice(-3), read];
  const anomaly = {
    name: 'stale-read',
    text: 'A read returned a version that another write had replaced before the read began.\nNo order of these calls explains all results.',
    events: named,
  };
  return [
    {
      checker: 'linearizability',
      valid: !violated,
      operations,
      anomalies: violated ? [anomaly] : [],
      ms: 830,
      details: { keys: 5 },
    },
    { checker: 'revisions', valid: true, operations, anomalies: [], ms: 95 },
  ];
}

function summaryOf(
  { workload, nemesis, nodes, seed, target, net, commit, started }: HistoryHeader,
  events: readonly HistoryEvent[],
  verdicts: readonly Verdict[],
  seconds: number,
): RunSummary {
  const own = events.filter(({ process }) => typeof process === 'number');
  const operations = own.filter(({ type }) => type === 'invoke').length;
  const ok = own.filter(({ type }) => type === 'ok').length;
  const failed = own.filter(({ type }) => type === 'fail').length;
  return {
    ...{
      format: 'raftkv-jepsen-summary',
      version: 1,
      workload,
      nemesis,
      nodes,
      seed,
      target,
      net,
      commit,
      started,
      seconds,
    },
    options: { tls: false, 'rpc-host': 'native' },
    ...{ operations, ok, failed, unknown: operations - ok - failed },
    faults: events.filter(({ process, f, phase }) => process === 'nemesis' && f !== 'heal' && phase === undefined)
      .length,
    okPerSecondDuringFaults: 74.2,
    longestGapMs: 1240,
    healToFirstWriteMs: [12, 340, 55, 910],
    healsWithoutWrite: 0,
    electionTimeoutMs: 1000,
    verdicts: verdicts.map(({ anomalies, checker, valid, operations, ms }) => ({
      checker,
      valid,
      operations,
      ms,
      anomalies,
    })),
  };
}
