import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.js';
import { sizeOf } from '../cluster/disk-use.js';
import type { Recorder } from './recorder.js';

const PERIOD_MS = 500;
/** The size of a data directory takes many system calls, and changes slowly. */
const DISK_PERIODS = 8;

/** Records the state of each running member, twice a second. */
export class Sampler {
  readonly #cluster: Cluster;
  readonly #recorder: Recorder;
  readonly #ends = new AbortController();
  readonly #running: Promise<void>;
  readonly #disk = new Map<string, number>();

  constructor(cluster: Cluster, recorder: Recorder) {
    this.#cluster = cluster;
    this.#recorder = recorder;
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#ends.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ends;
    for (let period = 0; !signal.aborted; period++) {
      const withDisk = period % DISK_PERIODS === 0;
      await Promise.all(this.#cluster.names.map((name) => this.#sample(name, withDisk)));
      await delay(PERIOD_MS, undefined, { signal }).catch(() => undefined); // it ends
    }
  }

  async #sample(name: string, withDisk: boolean): Promise<void> {
    if (this.#cluster.stateOf(name) !== 'up') return;
    const pid = this.#cluster.pid(name);
    const [status, memory, fds] = await Promise.all([this.#cluster.status(name), residentBytes(pid), openFiles(pid)]);
    if (withDisk) this.#disk.set(name, await sizeOf(this.#cluster.dataDir(name)));
    const leaderId = status?.leader;
    const value = {
      ...(status && { term: status.raftTerm, revision: status.header.revision, raftIndex: status.raftIndex }),
      ...(status && { leader: leaderId === undefined ? null : (this.#cluster.nameOf(leaderId) ?? leaderId) }),
      ...(memory !== undefined && { rss: memory }),
      ...(fds !== undefined && { fds }),
      disk: this.#disk.get(name) ?? 0,
    };
    this.#recorder.add({ process: 'cluster', type: 'info', f: 'status', node: name, value });
  }
}

/** Undefined if the process is gone, or the system does not show it. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(join('/proc', String(pid), 'status'), 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

async function openFiles(pid: number): Promise<number | undefined> {
  try {
    return (await readdir(join('/proc', String(pid), 'fd'))).length;
  } catch {
    return undefined;
  }
}
