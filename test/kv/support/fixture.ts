import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLevelHome } from '../../../src/engine/level/level-home.js';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { MemoryHome } from '../../../src/engine/memory/memory-home.js';
import { etcdserverpb, raftkv } from '../../../src/gen/proto.js';
import {
  encodeCommand,
  type CommandKind,
  type CommandUser,
  type RequestOrigin,
} from '../../../src/kv/commands/command.js';
import { leaseRow, wireLeaseId } from '../../../src/kv/leases/leases.js';
import type { SessionCall } from '../../../src/kv/sessions/session-call.js';
import { KvStore, type ApplyResult, type KvStoreOptions, type Member } from '../../../src/kv/store.js';
import type { Engine, EngineHome } from '../../../src/ports/engine.js';
import type { ConfState, Entry } from '../../../src/raft/types.js';
import { silentLogger } from '../../../src/util/logger.js';
import { LEASE_SECONDS, LEASES } from './requests.js';

export const CLUSTER_ID = 0xc1;
export const MEMBERS: readonly Member[] = [
  { id: 1, name: '', peerUrls: ['http://127.0.0.1:2380'], clientUrls: [], isLearner: false },
  { id: 2 ** 53 - 1, name: 'far', peerUrls: [], clientUrls: [], isLearner: false },
];
export const CONF_STATE: ConfState = {
  voters: [1, 2 ** 53 - 1],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

/** The term of every entry. */
export const TERM = 3;

/** The storage of a store's rows, across restarts. */
export interface Home {
  open(): Promise<EngineHome>;
  /** Ends the process: written data is there at the next `open`. */
  shut(home: EngineHome): Promise<void>;
  remove(): Promise<void>;
}

export function memoryHome(engine = new MemoryEngine()): Home {
  const home = new MemoryHome({}, engine);
  return {
    open: () => Promise.resolve(home),
    shut: () => Promise.resolve(),
    remove: () => home.close(),
  };
}

export async function levelHome(): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'raftkv-kv-'));
  return {
    open: () => openLevelHome({ directory, logger: silentLogger }),
    shut: (home) => home.close(),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A store with the work of a node: it numbers entries and collects answers. */
export class Fixture {
  readonly home: Home;
  readonly #options: Partial<KvStoreOptions>;
  #opened: EngineHome | undefined;
  #store: KvStore | undefined;
  #index = 0;
  #sequence = 0;
  readonly #answers = new Map<number, ApplyResult>();

  private constructor(home: Home, options: Partial<KvStoreOptions>) {
    this.home = home;
    this.#options = options;
  }

  static async open(home: Home = memoryHome(), options: Partial<KvStoreOptions> = {}): Promise<Fixture> {
    const fixture = new Fixture(home, options);
    const opened = await home.open();
    await opened.engine.write(LEASES.map((id) => leaseRow({ id, ttlSeconds: LEASE_SECONDS, grantedIndex: 0 })));
    await home.shut(opened);
    await fixture.#start();
    return fixture;
  }

  get store(): KvStore {
    if (this.#store === undefined) throw new Error('the store is not open');
    return this.#store;
  }

  get engine(): Engine {
    return this.engines.engine;
  }

  get engines(): EngineHome {
    if (this.#opened === undefined) throw new Error('the engine is not open');
    return this.#opened;
  }

  async reopen(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  async remove(): Promise<void> {
    await this.#stop();
    await this.home.remove();
  }

  entry(data: Uint8Array): Entry {
    return { term: TERM, index: ++this.#index, type: 'normal', data };
  }

  /** @param user the sender, with authentication on */
  command(
    kind: CommandKind,
    request: Uint8Array,
    user?: CommandUser,
    session?: SessionCall,
  ): { readonly entry: Entry; readonly sequence: number } {
    const sequence = ++this.#sequence;
    const origin: RequestOrigin = { member: 1, boot: 0xfedcba98, sequence };
    return { entry: this.entry(encodeCommand({ origin, kind, request, user, session })), sequence };
  }

  /** Applies commands as one batch; returns the answers in order. */
  async apply(
    commands: readonly (readonly [CommandKind, Uint8Array, (CommandUser | undefined)?, (SessionCall | undefined)?])[],
  ): Promise<ApplyResult[]> {
    const made = commands.map((command) => this.command(...command));
    await this.store.apply(made.map(({ entry }) => entry));
    return made.map(({ sequence }) => {
      const answer = this.#answers.get(sequence);
      if (answer === undefined) throw new Error(`no answer to command ${sequence}`);
      this.#answers.delete(sequence);
      return answer;
    });
  }

  async #start(): Promise<void> {
    this.#opened = await this.home.open();
    this.#store = await KvStore.open({
      home: this.#opened,
      clusterId: CLUSTER_ID,
      logger: silentLogger,
      bootstrap: { members: MEMBERS, confState: CONF_STATE },
      isWaiting: () => true,
      waiter: (origin, result) => this.#answers.set(origin.sequence, result),
      ...this.#options,
    });
  }

  async #stop(): Promise<void> {
    await this.#store?.close();
    if (this.#opened !== undefined) await this.home.shut(this.#opened);
    this.#store = undefined;
    this.#opened = undefined;
  }
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Short forms of encoded requests; text is latin1. */
export const encode = {
  put: (
    key: string,
    value = '',
    more: etcdserverpb.PutRequest.$Properties = {},
  ): readonly [CommandKind, Uint8Array] => [
    'put',
    etcdserverpb.PutRequest.encode({ key: bytes(key), value: bytes(value), ...more }).finish(),
  ],
  delete: (key: string, rangeEnd = ''): readonly [CommandKind, Uint8Array] => [
    'deleteRange',
    etcdserverpb.DeleteRangeRequest.encode({ key: bytes(key), rangeEnd: bytes(rangeEnd), prevKv: true }).finish(),
  ],
  txn: (request: etcdserverpb.TxnRequest.$Properties): readonly [CommandKind, Uint8Array] => [
    'txn',
    etcdserverpb.TxnRequest.encode(request).finish(),
  ],
  compact: (revision: number): readonly [CommandKind, Uint8Array] => [
    'compaction',
    etcdserverpb.CompactionRequest.encode({ revision }).finish(),
  ],
  leaseGrant: (id: bigint, ttlSeconds: number): readonly [CommandKind, Uint8Array] => [
    'leaseGrant',
    etcdserverpb.LeaseGrantRequest.encode({ ID: wireLeaseId(id), TTL: ttlSeconds }).finish(),
  ],
  leaseRevoke: (id: bigint): readonly [CommandKind, Uint8Array] => [
    'leaseRevoke',
    etcdserverpb.LeaseRevokeRequest.encode({ ID: wireLeaseId(id) }).finish(),
  ],
  leaseExpire: (id: bigint, decided: { grantedIndex: number; term: number }): readonly [CommandKind, Uint8Array] => [
    'leaseExpire',
    raftkv.LeaseExpiry.encode({ id: wireLeaseId(id), ...decided }).finish(),
  ],
  memberUpdate: (record: raftkv.MemberRecord.$Properties): readonly [CommandKind, Uint8Array] => [
    'memberUpdate',
    raftkv.MemberRecord.encode(record).finish(),
  ],
} as const;
