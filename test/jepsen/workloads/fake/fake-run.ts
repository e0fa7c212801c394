import { readFileSync } from 'node:fs';
import { randomInteger, seededRandom } from '../../../../src/util/random.js';
import type { Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import type { History } from '../../history/history.js';
import { RecordedProcess, Recorder } from '../../run/recorder.js';
import type { ClientContext, RunContext, Workload } from '../../run/workload.js';
import type { WorkloadParts } from '../common.js';
import type { RestoreParts } from '../restore/restore.js';
import { FakeClient } from './fake-client.js';
import { FakePermissions } from './fake-permissions.js';
import { FakeStore } from './fake-store.js';
import type { Defect } from './fake-store.js';
import { VirtualClock } from './virtual-clock.js';

export interface FakeRunOptions {
  readonly seed: number;
  /** Virtual duration of the load. Default 4,000. */
  readonly loadMs?: number;
  /** Share of the calls that fail. Default 0.03. */
  readonly faults?: number;
  readonly defect?: Defect;
}

export type MakeWorkload = (parts: Omit<WorkloadParts, 'check'> & Omit<RestoreParts, 'check'>) => Workload;

const NODES = ['n1', 'n2', 'n3'].map((name) => ({ name, endpoint: `http://${name}` }));

/** Runs a workload against a store in memory, in virtual time. The same seed gives the same history. */
export async function fakeRun(make: MakeWorkload, options: FakeRunOptions): Promise<History> {
  const { seed, loadMs = 4000, faults = 0.03, defect } = options;
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const store = new FakeStore(() => clock.nowMs, defect);
  const permissions = new FakePermissions(() => clock.nowMs, defect);
  const restored: FakeStore[] = [];
  const workload = make({
    sleep: clock.sleep,
    restore: async (_target, file) => {
      restored.push(store.at(Number(readFileSync(file, 'utf8'))));
      return { endpoint: `restored:${restored.length - 1}`, log: () => '', stop: async () => undefined };
    },
  });
  const events: HistoryEvent[] = [];
  const load = { faults: 0 };
  const recorder = new Recorder({ history: { add: (event) => events.push(event) }, now: () => clock.nowMs * 1000 });
  const context: RunContext = {
    target: 'raftkv',
    seed,
    random,
    nodes: NODES,
    now: () => clock.nowMs * 1000,
    connect: (_nodes, { user, endpoints = [] } = {}) => {
      const [, index] = endpoints[0]?.split(':') ?? [];
      const data = restored[Number(index)] ?? store;
      const parts = { store: data, permissions, clock, random, user };
      return FakeClient.make(Object.defineProperty({ ...parts, faults: 0 }, 'faults', { get: () => load.faults }));
    },
    log: () => undefined,
  };
  const loadEnd = new AbortController();
  const header = makeHeader(workload, seed);
  const run = async (): Promise<void> => {
    await workload.prepare?.(context);
    load.faults = faults;
    const workers = Array.from({ length: workload.concurrency ?? 10 }, (_, worker) =>
      work({
        workload,
        context: makeContext(context, recorder, { worker, signal: loadEnd.signal }),
        clock,
        loadMs,
        random,
      }),
    );
    void clock.sleep(loadMs).then(() => loadEnd.abort());
    await Promise.all(workers);
    load.faults = 0;
    // Calls that were delayed.
    await clock.sleep(3000);
    const last = makeContext(context, recorder, { worker: -1, signal: new AbortController().signal });
    await workload.finish?.(Object.assign(last, { history: { header, events } }));
  };
  await clock.run(run());
  return { header, events };
}

async function work(parts: {
  readonly workload: Workload;
  readonly context: ClientContext;
  readonly clock: VirtualClock;
  readonly loadMs: number;
  readonly random: Random;
}): Promise<void> {
  const client = parts.workload.client(parts.context);
  while (parts.clock.nowMs < parts.loadMs) {
    await client.step();
    await parts.clock.sleep(randomInteger(parts.random, 0, 60));
  }
  await client.close?.();
}

function makeContext(
  run: RunContext,
  recorder: Recorder,
  place: { readonly worker: number; readonly signal: AbortSignal },
): ClientContext {
  const process = new RecordedProcess(recorder);
  const node = NODES[Math.max(0, place.worker) % NODES.length] ?? { name: 'n1', endpoint: 'http://n1' };
  return {
    ...run,
    ...place,
    node,
    get process() {
      return process.id;
    },
    call: (invocation, execute, options) => process.call(invocation, options?.node ?? node.name, execute),
    fork: () => makeContext(run, recorder, place),
  };
}

function makeHeader(workload: Workload, seed: number): History['header'] {
  return {
    format: 'raftkv-history',
    version: 1,
    workload: workload.name,
    nemesis: 'none',
    seed,
    nodes: NODES.length,
    target: 'raftkv',
    net: 'proxy',
    commit: 'fake',
    started: '2026-01-01T00:00:00.000Z',
    options: workload.options ?? {},
  };
}
