import type { Member } from '../../kv/membership/members.js';
import type { WatchLimits } from '../../kv/watch/limits.js';
import type { NodeConfig } from '../../node/config.js';
import type { Clock } from '../../ports/clock.js';
import type { EngineHome } from '../../ports/engine.js';
import type { LogStore } from '../../ports/log.js';
import type { Transport } from '../../ports/transport.js';
import type { Logger } from '../../util/logger.js';
import type { Random } from '../../util/random.js';
import { DEFAULT_QUOTA_BYTES, type AutoCompaction } from '../settings/history-settings.js';
import type { MembershipLimits } from '../membership/member-changes.js';
import { Measurements } from '../monitoring/measurements.js';
import type { JwtCodec } from '../auth/jwt-codec.js';
import { bcryptPasswords, hashesAtOnce, type Passwords } from '../auth/passwords.js';
import { TOTAL_OPS_MAX } from '../requests/txn-size.js';
import { DEFAULT_RESPONSE_QUEUE_BYTES } from '../watch/response-queue.js';

/** Identity, settings and adapters of one member. Tests and the simulator pass virtual adapters. */
export interface AssemblyOptions {
  readonly clusterId: number;
  readonly memberId: number;
  readonly name: string;
  readonly clientUrls: readonly string[];
  /** Members of a new cluster. A store that exists already ignores them. */
  readonly bootstrap: readonly Member[];
  readonly node: NodeConfig;
  readonly limits: RequestLimits;
  /** Default: the strict check, and one learner at a time. */
  readonly membership?: MembershipLimits;
  /** Default: etcd's ten minutes, and the bounds in docs/OPERATIONS.md. */
  readonly watches?: Partial<WatchSettings>;
  /** Default: off. */
  readonly autoCompaction?: AutoCompaction;
  /** Interval at which the leader compares the members, in ms. Default 0: never. */
  readonly corruptCheckMs?: number;
  /** Keys of reads and of writes that are counted at the same time. Default 0: none. */
  readonly hotKeys?: number;
  /** Keys that one step of building an index adds. Default 0: as many as allowed. */
  readonly indexSliceKeys?: number;
  /** Default: simple tokens for etcd's five minutes, and bcrypt. */
  readonly auth?: Partial<AuthOptions>;
  readonly log: LogStore;
  readonly home: EngineHome;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Receives counts and durations for metrics. Default: discarded. */
  readonly measurements?: Measurements;
}

export interface RequestLimits {
  /** Largest request of a client, in bytes. */
  readonly requestBytesMax: number;
  /** Comparisons or operations in one transaction. */
  readonly txnOpsMax: number;
  /** Comparisons and operations in one transaction and all nested in it. Default: see TOTAL_OPS_MAX. */
  readonly txnTotalOpsMax?: number;
  /** Longest wait of a call, in ms. */
  readonly requestMs: number;
  /** Bound on the store on disk, in bytes; negative for none. Default: etcd's two GiB. */
  readonly quotaBytes?: number;
}

export interface AuthOptions {
  /** Time without use after which a simple token is void, in ms. */
  readonly tokenTtlMs: number;
  /** Signed tokens instead of simple ones. */
  readonly jwt: JwtCodec | undefined;
  readonly passwords: Passwords;
  /** Shortest new password, in characters. */
  readonly passwordCharsMin: number;
  /** Passwords that are hashed at the same time. */
  readonly hashesAtOnce: number;
}

export interface WatchSettings {
  /** Interval of progress notifications on an idle watch that asked for them, in ms. */
  readonly progressIntervalMs: number;
  /** Watches on one stream. */
  readonly perStreamMax: number;
  /** Watches on all streams of the member. */
  readonly perMemberMax: number;
  /** Responses queued on one stream before its watches fall behind, in bytes. */
  readonly responseQueueBytes: number;
  /** Bounds of the store. Default: those in kv/watch/limits.ts. */
  readonly limits: Partial<WatchLimits>;
}

/** The options with all defaults filled in. */
export interface AssemblySettings extends Required<AssemblyOptions> {
  readonly limits: Required<RequestLimits>;
  readonly watches: WatchSettings;
  readonly auth: AuthOptions;
}

const DEFAULT_WATCHES: WatchSettings = {
  progressIntervalMs: 600_000,
  perStreamMax: 10_000,
  perMemberMax: 200_000,
  responseQueueBytes: DEFAULT_RESPONSE_QUEUE_BYTES,
  limits: {},
};

export function withDefaults(options: AssemblyOptions): AssemblySettings {
  return {
    membership: { strictReconfigCheck: true, maxLearners: 1 },
    autoCompaction: { mode: 'off' },
    corruptCheckMs: 0,
    hotKeys: 0,
    indexSliceKeys: 0,
    measurements: new Measurements(),
    ...options,
    limits: { quotaBytes: DEFAULT_QUOTA_BYTES, txnTotalOpsMax: TOTAL_OPS_MAX, ...options.limits },
    watches: { ...DEFAULT_WATCHES, ...options.watches },
    auth: {
      tokenTtlMs: 300_000,
      jwt: undefined,
      passwords: bcryptPasswords(10),
      passwordCharsMin: 1,
      hashesAtOnce: hashesAtOnce(),
      ...options.auth,
    },
  };
}
