import { MemoryHome } from '../../../src/engine/memory/memory-home.js';
import { DEFAULT_NODE_CONFIG } from '../../../src/node/config.js';
import type { Transport } from '../../../src/ports/transport.js';
import { assemble, type Assembly } from '../../../src/server/assembly/assembly.js';
import { seededRandom, type Random } from '../../../src/util/random.js';
import { silentLogger } from '../../../src/util/logger.js';
import { openLog } from '../../../src/wal/log.js';
import { FaultyDisk } from '../../support/faulty-disk.js';
import { VirtualTime, type VirtualClock } from '../../support/virtual-time.js';

export const OWN_ID = 77_001;
const CLUSTER_ID = 9;

/** A cluster of one has no links. */
const NO_LINKS: Transport = {
  start: () => undefined,
  setPeers: () => undefined,
  send: () => undefined,
  sendSnapshot: () => ({ delivered: Promise.resolve(false), cancel: () => undefined }),
  close: () => Promise.resolve(),
};

/** A cluster of one member in virtual time, with log and engine in memory. Passwords are their own hashes. */
export class LoneMember {
  readonly time = new VirtualTime();
  readonly #seed: number;
  #disk = new FaultyDisk();
  #home = new MemoryHome();
  #assembly: Assembly | undefined;
  #clock: VirtualClock | undefined;
  /** Set if the member ends by itself. */
  end: unknown;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get assembly(): Assembly {
    if (this.#assembly === undefined) throw new Error('the member is not started');
    return this.#assembly;
  }

  async start(): Promise<void> {
    const clock = this.time.clock();
    this.#clock = clock;
    const log = await openLog({
      disk: this.#disk,
      identity: { clusterId: CLUSTER_ID, memberId: OWN_ID },
      segmentBytes: 1024 * 1024,
      cacheBytes: 64 * 1024,
      writes: { time: { now: () => 0, idleMs: () => 0 } },
    });
    const assembly = await assemble({
      clusterId: CLUSTER_ID,
      memberId: OWN_ID,
      name: 'lone',
      clientUrls: ['http://lone:2379'],
      bootstrap: [{ id: OWN_ID, name: 'lone', peerUrls: ['http://lone:2380'], clientUrls: [], isLearner: false }],
      node: DEFAULT_NODE_CONFIG,
      limits: { requestBytesMax: 1024 * 1024, txnOpsMax: 128, requestMs: 1_000, quotaBytes: -1 },
      auth: {
        passwords: {
          hash: (password) => Promise.resolve(password),
          matches: (password, hash) => Promise.resolve(password.toString() === hash),
          close: () => undefined,
        },
      },
      log,
      home: this.#home,
      transport: NO_LINKS,
      clock,
      random: seededRandom(this.#seed),
      logger: silentLogger,
    });
    this.#assembly = assembly;
    assembly.node.start();
    const ended = (error: unknown): void => {
      if (this.#assembly === assembly) this.end = error;
    };
    assembly.node.closed.then(() => ended('it has stopped'), ended);
    await this.time.until('it leads', () => assembly.node.status().role === 'leader');
    await this.time.advance(200);
  }

  /** Kills the process, and starts it again with what is on its disk and some of what its engine has not made durable. */
  async restart(random: Random): Promise<void> {
    this.#clock?.pause();
    this.#disk.halt();
    this.#disk = this.#disk.restarted();
    this.#home = this.#home.crash(random);
    this.#assembly = undefined;
    this.end = undefined;
    await this.start();
  }

  async stop(): Promise<void> {
    this.assembly.endStreams();
    await this.time.wait(this.assembly.stop());
  }
}
