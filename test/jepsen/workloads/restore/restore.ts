import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../../../src/client/index.js';
import { randomInteger } from '../../../../src/util/random.js';
import { makeTemporaryFolder, removeFolder } from '../../../support/temporary-folder.js';
import type { ClientContext, FinishContext, RunContext, Workload, WorkloadClient } from '../../run/workload.js';
import { CALL, realSleep, untilOk } from '../common.js';
import type { Sleep, WorkloadParts } from '../common.js';
import { RestoredCluster } from './restored-cluster.js';

const PREFIX = 'x/';
const KEYS = 60;
/** Snapshots, at most. */
const SNAPSHOTS_MAX = 6;
const PAUSE_MS = [1500, 4000] as const;
const SNAPSHOT_MS_MAX = 10_000;
/** Time in which a restored member starts, on a machine that does other work, in ms. */
const START_MS_MAX = 30_000;

/** A cluster that was started from a snapshot. Tests replace it. */
export interface Restored {
  readonly endpoint: string;
  /** What the member has written, for failure messages. */
  log(): string;
  stop(): Promise<void>;
}

export interface RestoreParts extends WorkloadParts {
  readonly restore?: (target: RunContext['target'], file: string, folder: string) => Promise<Restored>;
}

interface Files {
  /** Made before the load, and removed after the last reads or at the end of the process. */
  folder: string;
  readonly taken: string[];
}

/** Writes and deletions of keys while snapshots are taken of members; after the heal each snapshot becomes a new cluster. */
export function restoreWorkload(parts: RestoreParts): Workload {
  const { check, sleep = realSleep, restore = RestoredCluster.start.bind(RestoredCluster) } = parts;
  const files: Files = { folder: '', taken: [] };
  return {
    name: 'restore',
    about: 'snapshots under load, each restored into a new cluster',
    prepare: async () => {
      files.folder = makeTemporaryFolder('snapshots');
    },
    client: (context) =>
      context.worker === 0
        ? new SnapshotTaker(context, files, sleep)
        : new RestoreWriter(context, context.connect([context.node])),
    finish: async (context) => {
      try {
        for (const file of files.taken) await examine(context, files.folder, file, restore);
      } finally {
        removeFolder(files.folder);
      }
    },
    check,
  };
}

class SnapshotTaker implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #files: Files;
  readonly #sleep: Sleep;
  readonly #members: readonly (readonly [string, Client])[];
  #next = 0;

  constructor(context: ClientContext, files: Files, sleep: Sleep) {
    this.#context = context;
    this.#files = files;
    this.#sleep = sleep;
    this.#members = context.nodes.map((node) => [node.name, context.connect([node])] as const);
  }

  async step(): Promise<void> {
    const { random, signal } = this.#context;
    await this.#sleep(randomInteger(random, ...PAUSE_MS), signal);
    const [node, client] = this.#members[this.#next % this.#members.length] ?? [];
    if (signal.aborted || node === undefined || client === undefined) return;
    if (this.#files.taken.length === SNAPSHOTS_MAX) return;
    const file = `${this.#next++}.db`;
    await this.#context.call({ f: 'snapshot', value: { file } }, () => this.#take(client, file), { node });
  }

  async #take(client: Client, file: string) {
    const pieces: Buffer[] = [];
    for await (const piece of client.snapshot({ timeoutMs: SNAPSHOT_MS_MAX })) pieces.push(piece);
    const content = Buffer.concat(pieces);
    writeFileSync(join(this.#files.folder, file), content);
    this.#files.taken.push(file);
    return { type: 'ok', value: { file, bytes: content.length } } as const;
  }
}

class RestoreWriter implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #client: Client;
  #values = 0;

  constructor(context: ClientContext, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  async step(): Promise<void> {
    const { random, worker } = this.#context;
    const key = `${PREFIX}${String(randomInteger(random, 0, KEYS)).padStart(2, '0')}`;
    if (random.next() < 0.2) {
      await this.#context.call({ f: 'delete', key }, async () => {
        const { deleted, header } = await this.#client.delete(key, CALL);
        return { type: 'ok', value: { deleted }, revision: header.revision };
      });
      return;
    }
    const value = `${worker}-${this.#values++}`;
    await this.#context.call({ f: 'put', key, value }, async () => {
      const { header } = await this.#client.put(key, value, CALL);
      return { type: 'ok', revision: header.revision };
    });
  }
}

/** Starts a cluster from a snapshot, reads all keys and writes one. */
async function examine(
  context: FinishContext,
  folder: string,
  file: string,
  restore: NonNullable<RestoreParts['restore']>,
): Promise<void> {
  const home = join(folder, `restored-${file}`);
  mkdirSync(home);
  const cluster = await restore(context.target, join(folder, file), home);
  try {
    const client = context.connect(context.nodes, { endpoints: [cluster.endpoint] });
    await client.get(PREFIX, { timeoutMs: START_MS_MAX, consistency: 'consistent' }).catch((error: unknown) => {
      throw new Error(`the member restored from ${file} does not answer:\n${cluster.log()}`, { cause: error });
    });
    await untilOk(() =>
      context.call(
        { f: 'restore', value: { file } },
        async () => {
          const { kvs, header } = await client.range({ prefix: PREFIX }, { ...CALL, consistency: 'consistent' });
          const rows = kvs.map((kv) => [kv.keyText(), kv.valueText(), kv.modRevision, kv.version, kv.createRevision]);
          return { type: 'ok', value: { file, kvs: rows }, revision: header.revision };
        },
        { node: 'restored' },
      ),
    );
    await context.call(
      { f: 'restore-write', key: `${PREFIX}new`, value: { file } },
      async () => {
        const { header } = await client.put(`${PREFIX}new`, file, CALL);
        return { type: 'ok', revision: header.revision };
      },
      { node: 'restored' },
    );
  } finally {
    await cluster.stop();
  }
}
