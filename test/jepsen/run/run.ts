import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../support/program.js';
import { useEtcdPrograms } from '../../support/etcd-programs.js';
import { Certificates } from '../cluster/security.js';
import { Cluster } from '../cluster/cluster.js';
import { StallWatch } from '../cluster/patience.js';
import { FORMAT, FORMAT_VERSION } from '../history/event.js';
import { HistoryWriter } from '../history/history.js';
import type { RunSummary } from '../history/summary.js';
import { validOf } from '../history/summary.js';
import type { Verdict } from '../history/verdict.js';
import { unmetNeeds } from '../nemesis/needs.js';
import type { Nemesis } from '../nemesis/nemesis.js';
import { nemesesOf } from '../nemesis/registry.js';
import { writeReport } from '../report/write.js';
import { Subnet } from '../net/subnet.js';
import { makeWorkload } from '../workloads/registry.js';
import { Contexts } from './contexts.js';
import { FaultSchedule } from './fault-schedule.js';
import { checkProcesses, checkRecovery } from './health.js';
import { checkLevels } from './levels.js';
import { Load } from './load.js';
import { checkMemberLists } from './member-lists.js';
import { checkProgress } from './progress.js';
import { makeNetwork } from './make-network.js';
import { Recorder } from './recorder.js';
import { isDisturbed } from './recovery.js';
import { checkReplicas } from './replicas.js';
import { Sampler } from './sampler.js';
import { currentCommit, dimensionsOf, electionTimeoutMs, memberFlags, randomFor } from './settings.js';
import type { RunSettings } from './settings.js';
import { summaryOf } from './summary.js';
import { enableUsers, ROOT } from './users.js';
import type { Workload } from './workload.js';

/** Load before the first fault, and after the last heal, in s. */
const CALM_S = 2;
/** Longest time for the last reads, in s. */
const FINISH_S = 120;

export interface RunResult {
  /** The folder of the run. */
  readonly folder: string;
  readonly summary: RunSummary;
  readonly valid: boolean | 'unknown';
}

/** One run: start, load with faults, heal, last reads, check, report. */
export class Run {
  readonly #settings: RunSettings;
  readonly #log: (text: string) => void;
  readonly #workload: Workload;
  readonly #nemeses: readonly Nemesis[];
  readonly #folder: string;
  readonly #history: HistoryWriter;
  readonly #recorder: Recorder;
  readonly #faults: { schedule?: FaultSchedule } = {};
  readonly #load = { from: 0, to: 0 };
  readonly #health: Verdict[] = [];
  #error: string | undefined;

  /** @throws UsageError if there is no such workload or fault, or the machine cannot do it */
  constructor(settings: RunSettings, log: (text: string) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#workload = makeWorkload(settings.workload);
    this.#nemeses = nemesesOf(settings.nemesis);
    const { targets = ['raftkv', 'etcd'] } = this.#workload;
    // Workloads that run etcd's other programs need those of the same version.
    if (settings.etcd.includes('/')) useEtcdPrograms(dirname(resolve(settings.etcd)));
    if (!targets.includes(settings.target)) {
      throw new UsageError(`${settings.workload} is for TARGET=${targets.join(', ')} alone`);
    }
    if (this.#workload.needsUsers === true && !settings.auth) throw new UsageError(`${settings.workload} needs AUTH=1`);
    if (process.platform !== 'linux') throw new UsageError('the network of the fault tests needs Linux');
    if (settings.target === 'etcd' && spawnSync(settings.etcd, ['--version']).status !== 0)
      throw new UsageError(`ETCD: ${settings.etcd} does not run (Debian: etcd-server)`);
    if (settings.net === 'netns' && process.getuid?.() !== 0) throw new UsageError('NET=netns needs root');
    const unmet = unmetNeeds(this.#nemeses, settings);
    if (unmet !== undefined) throw new UsageError(unmet);
    const started = new Date().toISOString();
    this.#folder = join(settings.out, `${settings.workload}-${settings.nemesis}-${started.replaceAll(/[:.]/g, '-')}`);
    makeFolder(this.#folder);
    const { workload, nemesis, seed, nodes, target, net } = settings;
    this.#history = new HistoryWriter(join(this.#folder, 'history.jsonl'), {
      format: FORMAT,
      version: FORMAT_VERSION,
      ...{ workload, nemesis, seed, nodes, target, net },
      commit: currentCommit(),
      started,
      options: { ...dimensionsOf(settings), ...this.#workload.options },
    });
    const beganMs = performance.now();
    this.#recorder = new Recorder({
      history: this.#history,
      now: () => Math.round((performance.now() - beganMs) * 1000),
    });
  }

  async run(): Promise<RunResult> {
    try {
      await this.#onCluster();
    } catch (error) {
      this.#error = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log(`error: ${this.#error}`);
    } finally {
      this.#history.close();
    }
    return await this.#conclude();
  }

  async #onCluster(): Promise<void> {
    const { nodes, target, net } = this.#settings;
    this.#log(`${nodes} members of ${target}, connected by ${net === 'proxy' ? 'TCP proxies' : 'network namespaces'}`);
    const subnet = net === 'netns' ? Subnet.reserve() : undefined;
    try {
      await this.#onNetwork(subnet);
    } finally {
      subnet?.close();
    }
  }

  async #onNetwork(subnet: Subnet | undefined): Promise<void> {
    const { seed, nodes, target, tls, auth, etcd, program } = this.#settings;
    const hosts = ['localhost', '127.0.0.1', ...(subnet?.memberHosts ?? [])];
    const certificates = tls ? await Certificates.create(hosts) : undefined;
    const cluster = await Cluster.start({
      ...{ target, etcd, program, certificates },
      size: nodes,
      flags: [...(this.#workload.flags ?? []), ...memberFlags(this.#settings)],
      settings: this.#nemeses.flatMap(({ members }) => members ?? []),
      user: auth ? ROOT : undefined,
      logFolder: resolve(this.#folder),
      network: (processes) => makeNetwork(subnet, { random: randomFor(seed, 'network'), processes }),
    });
    try {
      await this.#phases(cluster);
    } finally {
      this.#health.push(checkProcesses(cluster));
      await cluster.dispose();
    }
  }

  async #phases(cluster: Cluster): Promise<void> {
    const { seed, auth } = this.#settings;
    const history = this.#history;
    const contexts = new Contexts({ cluster, recorder: this.#recorder, history, seed, log: this.#log });
    const sampler = new Sampler(cluster, this.#recorder);
    const stalls = new StallWatch((ms) => this.#stalled(ms));
    try {
      if (auth) await enableUsers(cluster);
      await this.#workload.prepare?.(contexts.run('prepare'));
      await this.#loadAndFaults(cluster, contexts);
      this.#log('last reads');
      await this.#workload.finish?.(contexts.finish(AbortSignal.timeout(FINISH_S * 1000)));
      this.#health.push(await checkReplicas(cluster), await checkMemberLists(cluster));
    } finally {
      stalls.end();
      await sampler.end();
      await contexts.close();
    }
  }

  async #loadAndFaults(cluster: Cluster, contexts: Contexts): Promise<void> {
    const { seconds, seed } = this.#settings;
    const log = this.#log;
    this.#load.from = this.#recorder.now();
    const load = new Load(this.#workload, contexts, seed);
    const schedule = new FaultSchedule({ nemeses: this.#nemeses, cluster, recorder: this.#recorder, seed, log });
    this.#faults.schedule = schedule;
    const progress = setInterval(() => this.#progress(), 5000);
    const faults = schedule.run(seconds, Math.min(CALM_S, seconds / 4));
    try {
      await Promise.race([faults, load.failed]);
    } finally {
      clearInterval(progress);
      // A fault that goes on would start members of a cluster that is removed.
      schedule.end();
      await faults.catch(() => undefined); // the race has thrown it, or what a client threw before
      await load.end();
      this.#load.to = this.#recorder.now();
    }
    this.#progress();
  }

  /** Checkers of times may have to know. */
  #stalled(ms: number): void {
    this.#log(`this process stood still for ${ms} ms`);
    this.#recorder.add({ process: 'cluster', type: 'info', f: 'stall', value: { ms } });
  }

  #progress(): void {
    const { ok, fail, info } = this.#recorder.counts;
    this.#log(`${ok} ok, ${fail} failed, ${info} unknown`);
  }

  async #conclude(): Promise<RunResult> {
    this.#log('checking');
    const electionMs = electionTimeoutMs(this.#settings);
    const tally = this.#faults.schedule?.tally ?? { faults: {}, effects: {}, recoveries: [] };
    const health = [...this.#health, checkProgress(this.#history), checkRecovery(tally, electionMs)];
    const verdicts = [...(await this.#check()), ...health];
    if (this.#settings.levels) verdicts.push(checkLevels(this.#history));
    const summary = summaryOf({
      history: this.#history,
      verdicts,
      options: dimensionsOf(this.#settings),
      recoveriesMs: tally.recoveries.filter((recovery) => !isDisturbed(recovery)).map(({ ms }) => ms),
      busyRecoveriesMs: tally.recoveries.filter(isDisturbed).map(({ ms }) => ms),
      electionTimeoutMs: electionMs,
      load: this.#load,
      error: this.#error,
    });
    for (const [name, value] of Object.entries({ summary, verdicts })) {
      writeFileSync(join(this.#folder, `${name}.json`), `${JSON.stringify(value, undefined, 2)}\n`);
    }
    const { header, events } = this.#history;
    writeReport(this.#folder, { header, events, verdicts, summary });
    return { folder: this.#folder, summary, valid: validOf(summary) };
  }

  async #check(): Promise<readonly Verdict[]> {
    try {
      return await this.#workload.check(this.#history);
    } catch (error) {
      this.#error ??= `the check failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      return [];
    }
  }
}

/** @throws UsageError if it cannot be made: the sources may belong to another user */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new UsageError(`OUT: ${(error as Error).message}`);
  }
}
