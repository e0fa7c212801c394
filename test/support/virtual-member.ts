import { MemoryHome } from '../../src/engine/memory/memory-home.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { TableHome } from '../../src/engine/table/table-home.js';
import type { TableSizes } from '../../src/engine/table/table-sizes.js';
import type { Member } from '../../src/kv/membership/members.js';
import type { NodeConfig } from '../../src/node/config.js';
import type { EngineHome } from '../../src/ports/engine.js';
import type { LogStore } from '../../src/ports/log.js';
import type { Transport } from '../../src/ports/transport.js';
import { wholeMessage } from '../../src/rpc/encoded-message.js';
import type {
  EncodedMessage,
  CallContext,
  Method,
  StreamCall,
  StreamMethod,
  UnaryCall,
  UnaryMethod,
} from '../../src/rpc/service.js';
import type { Status } from '../../src/rpc/status.js';
import {
  assemble,
  type Assembly,
  type AssemblyOptions,
  type WatchSettings,
} from '../../src/server/assembly/assembly.js';
import { assert, defined } from '../../src/util/assert.js';
import { asError } from '../../src/util/error.js';
import type { Logger } from '../../src/util/logger.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import { IN_TURN_BYTES_MAX } from '../../src/wal/durable-writes.js';
import { openLog } from '../../src/wal/log.js';
import { virtualJwt } from './virtual-jwt.js';
import { virtualPasswords } from './virtual-passwords.js';
import { FaultyDisk, type DiskOperation } from './faulty-disk.js';
import { VirtualStream, type VirtualStreamOptions } from './virtual-stream.js';
import type { VirtualClock, VirtualTime } from './virtual-time.js';

/** The outcome of a virtual client's call. */
export type CallResult =
  | { readonly kind: 'ok'; readonly body: Uint8Array; readonly trailers: Readonly<Record<string, string>> }
  | { readonly kind: 'error'; readonly status: Status };

/** Observes a member from outside, and delays or fails operations of its adapters. */
export interface MemberProbe {
  /** Awaited before each operation of its disk, like a DiskHook, and before each batch of its engine. */
  before?(operation: DiskOperation | { readonly kind: 'batch' }): void | Promise<void>;
  /** Called before each operation that its disk does in the turn of its caller, like an InTurnHook. */
  beforeInTurn?(operation: DiskOperation): void;
  /** Wraps the opened log before the member gets it. */
  log?(log: LogStore): LogStore;
  /** Called when everything is wired and nothing has started. */
  assembled?(assembly: Assembly): void;
  /** Called when the process ended by itself, cleanly or with an error. */
  exited?(error: Error | undefined): void;
}

export interface MoreSettings extends Pick<AssemblyOptions, 'autoCompaction' | 'corruptCheckMs' | 'indexSliceKeys'> {
  /** Quota of the store. Default: none. */
  readonly quotaBytes?: number;
}

export interface VirtualMemberOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly logger: Logger;
  readonly id: number;
  readonly bootstrap: readonly Member[];
  readonly node: NodeConfig;
  readonly requestMs: number;
  /** Maximum number of learners. Default: 1. */
  readonly maxLearners?: number;
  readonly more?: MoreSettings;
  /** The rate of this member's clock; 1 means true time. */
  readonly rate: number;
  /** Longest duration of a disk sync, in virtual ms. */
  readonly syncMsMax: number;
  /** Size of a log segment, in bytes. Default: 64 KiB. */
  readonly segmentBytes?: number;
  /** Largest log write in the turn of its caller, in bytes. Default: as for a real member. */
  readonly inTurnBytesMax?: number;
  readonly watches?: Partial<WatchSettings>;
  /** A table in front of its engine. Default: none. */
  readonly table?: VirtualTable | undefined;
  readonly auth?: VirtualAuth;
  /** The metadata of a caller that states none of its own. Default: none. */
  readonly credentials?: () => Metadata;
  readonly connect: (clock: VirtualClock) => Transport;
  /** With a probe, a process whose node fails is gone at once; without one, it stays for inspection. */
  readonly probe?: MemberProbe;
}

export type Metadata = Readonly<Record<string, string>>;

export interface VirtualAuth {
  /** Time without use after which a token is void, in ms of the member's clock. */
  readonly tokenTtlMs: number;
  /** The longest time that a password takes, in ms of the member's clock. */
  readonly passwordMsMax: number;
  /** Signed tokens in place of simple ones, their time to live, and the longest time that one takes, in ms. */
  readonly signed?: { readonly ttlMs: number; readonly longestMs: number } | undefined;
}

const DEFAULT_AUTH: VirtualAuth = { tokenTtlMs: 300_000, passwordMsMax: 0 };

export interface VirtualTable {
  readonly sizes: TableSizes;
  /** The longest wait before a flush, in ms of the member's clock. */
  readonly flushMsMax: number;
}

/** One process of a member. */
interface Life {
  readonly clock: VirtualClock;
  readonly home: EngineHome;
  readonly disk: FaultyDisk;
  readonly waiting: Set<(result: CallResult) => void>;
  /** Set once its start is complete. */
  assembly: Assembly | undefined;
  /** Whether a clean stop is in progress. One that is interrupted by a kill never completes. */
  stopping: boolean;
}

const CLUSTER_ID = 1;
const LOST: CallResult = { kind: 'error', status: { code: 14, message: 'the connection broke' } };

/** A whole member: the real node, log, store and services, on a virtual clock, disk, engine and network. */
export class VirtualMember {
  readonly id: number;
  readonly #options: VirtualMemberOptions;
  #disk = new FaultyDisk();
  #home = new MemoryHome();
  #life: Life | undefined;

  constructor(options: VirtualMemberOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get running(): boolean {
    return this.#life?.assembly !== undefined && !this.#life.clock.paused;
  }

  /** Whether it stops cleanly: its store may be closed while its table is flushed. */
  get stopping(): boolean {
    return this.#life?.stopping === true;
  }

  /** Whether it has no process, not even a starting one or one stopped by a signal. */
  get dead(): boolean {
    return this.#life === undefined;
  }

  get assembly(): Assembly {
    return defined(this.#alive().assembly, `member ${this.id}, which is still starting`);
  }

  /** Whether this is the clock of its current process. */
  isTimedBy(clock: VirtualClock): boolean {
    return this.#life?.clock === clock;
  }

  get clock(): VirtualClock {
    return this.#alive().clock;
  }

  /** The disk that its process uses, or that its next start finds. */
  get disk(): FaultyDisk {
    return this.#disk;
  }

  /** Makes every later sync of its disk fail. */
  breakDisk(error: Error): void {
    const { disk } = this.#alive();
    disk.inTurnHook = ({ kind }) => {
      if (kind === 'datasync' || kind === 'sync') throw error;
    };
    disk.hook = disk.inTurnHook;
  }

  /** Makes every later batch of its engine fail. */
  breakEngine(error: Error): void {
    this.#alive().home.engine.write = () => Promise.reject(error);
  }

  /** Changes rows of its engine without its knowledge. */
  async damage(operations: Parameters<EngineHome['engine']['write']>[0]): Promise<void> {
    await this.#alive().home.engine.write(operations);
  }

  /**
   * Starts the process. Never settles, or settles without effect, if the process is killed meanwhile. @throws the error
   * that prevents the start
   */
  async start(): Promise<void> {
    assert(this.#life === undefined, 'it runs already');
    const { time, rate, probe } = this.#options;
    const clock = time.clock({ rate });
    const life: Life = {
      clock,
      home: this.#withTable(this.#home, clock),
      disk: this.#disk,
      waiting: new Set(),
      assembly: undefined,
      stopping: false,
    };
    this.#life = life;
    life.disk.hook = (operation) => this.#onDisk(life, operation);
    life.disk.inTurnHook = (operation) => this.#onDiskInTurn(life, operation);
    if (probe?.before !== undefined) holdUpBatches(life.home, () => probe.before?.({ kind: 'batch' }));
    try {
      const assembly = await this.#assemble(life);
      if (this.#life !== life) return;
      life.assembly = assembly;
      probe?.assembled?.(assembly);
      assembly.node.start();
      assembly.node.closed.then(
        () => this.#onEnd(life, undefined),
        (error: unknown) => this.#onEnd(life, asError(error)),
      );
    } catch (error) {
      if (this.#life !== life) return;
      this.kill();
      throw error;
    }
  }

  /** Kills the process (SIGKILL) at any point of its work; the system, with its page cache, keeps running. */
  kill(): void {
    const { disk } = this.#end();
    this.#disk = disk.restarted();
    this.#home = this.#home.crash(this.#options.random);
  }

  /** Simulates power loss: unsynced sectors and names survive at random. */
  losePower(): void {
    const { random } = this.#options;
    const { disk } = this.#end();
    this.#disk = disk.crashed((options) => randomInteger(random, 0, options));
    this.#home = this.#home.crash(random);
  }

  /** SIGSTOP: time and network continue without it. */
  pause(): void {
    this.clock.pause();
  }

  /** SIGCONT. */
  resume(): void {
    this.clock.resume();
  }

  /** Stops cleanly: the next start finds everything that it has written. @throws the error that ended it during the stop */
  async stop(): Promise<void> {
    const life = this.#alive();
    life.stopping = true;
    this.assembly.endStreams();
    try {
      await this.assembly.stop();
    } catch (error) {
      if (this.#life !== life) return;
      this.kill();
      throw error;
    } finally {
      life.stopping = false;
    }
    if (this.#life !== life) return;
    this.#life = undefined;
    for (const finish of [...life.waiting]) finish(LOST);
    this.#home = this.#home.crash();
    this.#disk = life.disk.restarted();
  }

  /** What the table has not flushed is lost with the process. */
  #withTable(home: MemoryHome, clock: VirtualClock): EngineHome {
    const { table, random } = this.#options;
    if (table === undefined) return home;
    return new TableHome({
      home,
      sizes: table.sizes,
      hash: new KeyHash([randomInteger(random, 0, 2 ** 32), randomInteger(random, 0, 2 ** 32)]),
      pause: () => new Promise((resolve) => clock.soon(resolve)),
      beforeFlush: () => new Promise((resolve) => clock.timeout(random.next() * table.flushMsMax, resolve)),
    });
  }

  async #assemble({ clock, disk, home }: Life): Promise<Assembly> {
    const {
      time,
      random,
      logger,
      id,
      bootstrap,
      node,
      requestMs,
      segmentBytes = 64 * 1024,
      connect,
      probe,
    } = this.#options;
    const { maxLearners = 1, more: { quotaBytes = -1, ...more } = {}, auth = DEFAULT_AUTH } = this.#options;
    const identity = { clusterId: CLUSTER_ID, memberId: id };
    const { inTurnBytesMax = IN_TURN_BYTES_MAX } = this.#options;
    // Work takes no virtual time, so all time is spent waiting.
    const now = (): number => clock.now();
    const writes = { inTurnBytesMax, time: { now, idleMs: now } };
    const log = await openLog({ disk, identity, segmentBytes, cacheBytes: 64 * 1024, writes, logger });
    return assemble({
      clusterId: CLUSTER_ID,
      memberId: id,
      name: `m${id}`,
      clientUrls: [`http://m${id}`],
      bootstrap,
      node,
      limits: { requestBytesMax: 1024 * 1024, txnOpsMax: 128, requestMs, quotaBytes },
      membership: { strictReconfigCheck: true, maxLearners },
      log: probe?.log?.(log) ?? log,
      home,
      transport: connect(clock),
      clock,
      random,
      logger,
      auth: {
        tokenTtlMs: auth.tokenTtlMs,
        passwords: virtualPasswords({ clock, random, longestMs: auth.passwordMsMax }),
        jwt: auth.signed && virtualJwt({ now: () => time.nowMs, clock, random, ...auth.signed }),
        hashesAtOnce: 2,
      },
      ...(this.#options.watches === undefined ? {} : { watches: this.#options.watches }),
      ...more,
    });
  }

  async #onDisk({ clock }: Life, operation: DiskOperation): Promise<void> {
    await this.#options.probe?.before?.(operation);
    const { kind } = operation;
    if (kind !== 'datasync' && kind !== 'sync') return;
    await new Promise<void>((resolve) => clock.timeout(this.#options.random.next() * this.#options.syncMsMax, resolve));
  }

  #onDiskInTurn({ clock }: Life, operation: DiskOperation): void {
    this.#options.probe?.beforeInTurn?.(operation);
    if (operation.kind === 'datasync') clock.stall(this.#options.random.next() * this.#options.syncMsMax);
  }

  /** A node that ends by itself ends its process: cleanly, or at once if it failed. */
  async #onEnd(life: Life, error: Error | undefined): Promise<void> {
    const { probe } = this.#options;
    if (this.#life !== life || life.stopping || (error !== undefined && probe === undefined)) return;
    if (error !== undefined) {
      this.kill();
      probe?.exited?.(error);
      return;
    }
    await this.stop().then(
      () => probe?.exited?.(undefined),
      (thrown: unknown) => probe?.exited?.(asError(thrown)),
    );
  }

  /** Makes a unary call as a client. Ends with an error if the member dies during it. */
  call(path: string, request: Uint8Array, metadata: Metadata = this.#credentials): Promise<CallResult> {
    return this.#run((assembly, finish) => {
      const method = methodOf(assembly, path);
      assert(method.kind === 'unary', `${path} is no unary method`);
      const { decode, handle } = method as unknown as UnaryMethod<unknown>;
      return () => handle(new VirtualCall(metadata, finish), decode(request));
    });
  }

  /** Opens a bidirectional stream for one message and its answer. */
  exchange(path: string, request: Uint8Array): Promise<CallResult> {
    return this.#run((assembly, finish) => {
      const method = methodOf(assembly, path);
      assert(method.kind === 'bidi', `${path} does not stream both ways`);
      const { decode, handle } = method as unknown as StreamMethod<unknown>;
      return () => {
        const call = new VirtualExchange(this.#credentials, finish);
        handle(call);
        call.say(decode(request));
      };
    });
  }

  #run(prepare: (assembly: Assembly, finish: (result: CallResult) => void) => () => void): Promise<CallResult> {
    const life = this.#life;
    if (life?.assembly === undefined) return Promise.resolve(LOST);
    const { assembly } = life;
    return new Promise((resolve) => {
      const finish = (result: CallResult): void => {
        if (life.waiting.delete(finish)) resolve(result);
      };
      life.waiting.add(finish);
      const begin = prepare(assembly, finish);
      // A stopped process reads the call from its socket once it continues.
      if (life.clock.stopped) life.clock.soon(begin);
      else begin();
    });
  }

  /** Opens a stream as a client; undefined if no process listens. It breaks if the member dies. */
  stream(path: string, options: Omit<VirtualStreamOptions, 'time' | 'clock' | 'decode'>): VirtualStream | undefined {
    const life = this.#life;
    if (life?.assembly === undefined) return undefined;
    const method = life.assembly.methods.find((candidate: Method) => candidate.path === path);
    assert(method !== undefined && method.kind !== 'unary', `${path} is no stream`);
    const { decode, handle } = method as unknown as StreamMethod<unknown>;
    const metadata = { ...this.#credentials, ...options.metadata };
    const stream = new VirtualStream({ ...options, metadata, time: this.#options.time, clock: life.clock, decode });
    life.waiting.add(() => stream.lose());
    this.#options.time.schedule(options.delayMs, () => handle(stream.server), life.clock);
    return stream;
  }

  get #credentials(): Metadata {
    return this.#options.credentials?.() ?? {};
  }

  #end(): Life {
    const life = this.#alive();
    life.clock.pause();
    life.disk.halt();
    this.#life = undefined;
    for (const finish of [...life.waiting]) finish(LOST);
    return life;
  }

  #alive(): Life {
    return defined(this.#life, `the process of member ${this.id}`);
  }
}

/** Delays every batch of the current engine and of those that replace it. */
function holdUpBatches(home: EngineHome, before: () => void | Promise<void>): void {
  const wrap = (): void => {
    const { engine } = home;
    const write = engine.write.bind(engine);
    engine.write = async (operations) => {
      await before();
      await write(operations);
    };
  };
  wrap();
  const promote = home.promote.bind(home);
  home.promote = async () => {
    const replaced = await promote();
    wrap();
    return replaced;
  };
}

const NO_CONTEXT: CallContext = {
  certificate: undefined,
  metadata: () => undefined,
  remainingMs: () => undefined,
  cancelled: false,
  onCancel: () => undefined,
};

class VirtualCall implements UnaryCall {
  readonly certificate = undefined;
  readonly cancelled = false;
  readonly remainingMs = NO_CONTEXT.remainingMs;
  readonly onCancel = NO_CONTEXT.onCancel;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #finish: (result: CallResult) => void;

  constructor(metadata: Readonly<Record<string, string>>, finish: (result: CallResult) => void) {
    this.#metadata = metadata;
    this.#finish = finish;
  }

  metadata(name: string): string | undefined {
    return this.#metadata[name];
  }

  respond(body: EncodedMessage, trailers: Readonly<Record<string, string>> = {}): void {
    this.#finish({ kind: 'ok', body: wholeMessage(body), trailers });
  }

  fail(status: Status): void {
    this.#finish({ kind: 'error', status });
  }
}

/** One message each way. */
class VirtualExchange implements StreamCall<unknown> {
  readonly certificate = undefined;
  readonly remainingMs = NO_CONTEXT.remainingMs;
  readonly #metadata: Metadata;
  readonly #finish: (result: CallResult) => void;
  #onMessage: ((request: unknown) => void) | undefined;
  #onCancel: (() => void) | undefined;
  cancelled = false;

  constructor(metadata: Metadata, finish: (result: CallResult) => void) {
    this.#metadata = metadata;
    this.#finish = finish;
  }

  metadata(name: string): string | undefined {
    return this.#metadata[name];
  }

  say(message: unknown): void {
    this.#onMessage?.(message);
  }

  onMessage(callback: (request: unknown) => void): void {
    this.#onMessage = callback;
  }

  onCancel(callback: () => void): void {
    this.#onCancel = callback;
  }

  onEnd(): void {}
  onDrain(): void {}
  pause(): void {}
  resume(): void {}

  /** The client leaves once it has its answer. */
  send(body: Uint8Array): boolean {
    this.cancelled = true;
    this.#finish({ kind: 'ok', body, trailers: {} });
    this.#onCancel?.();
    return true;
  }

  end(): void {
    this.#finish(LOST);
  }

  fail(status: Status): void {
    this.#finish({ kind: 'error', status });
  }
}

function methodOf({ methods }: Assembly, path: string): Method {
  return defined(
    methods.find((candidate) => candidate.path === path),
    path,
  );
}
