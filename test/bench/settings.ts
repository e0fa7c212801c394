const RPC_HOSTS = ['native', 'grpc-js'] as const;
const ETCDS = ['newest', 'installed', 'all', 'none'] as const;

/** The settings of `make bench`, from the environment. */
export interface Settings {
  /** Beginnings of the ids of the rows to measure; empty for all. */
  readonly only: readonly string[];
  /** Measurements of each row; the median counts. */
  readonly rounds: number;
  /** Duration of one load, in seconds. */
  readonly seconds: number;
  /** Keys of the large store. */
  readonly keys: number;
  /** Keys of the mixed load, all present. */
  readonly mixedKeys: number;
  /** Revisions of the hot key. */
  readonly revisions: number;
  /** Sizes of the store on the cost curve, ascending. */
  readonly curve: readonly number[];
  /** The Node that runs raftkv; undefined for the present one. */
  readonly node: string | undefined;
  readonly rpcHost: (typeof RPC_HOSTS)[number];
  readonly etcd: (typeof ETCDS)[number];
  /** A check that the bench works: its figures mean nothing and are not stored. */
  readonly quick: boolean;
}

export class SettingsError extends Error {}

/** @throws SettingsError for an invalid value */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const text = (name: string): string | undefined => variables[name] || undefined;
  const quick = text('QUICK') !== undefined;
  const whole = (name: string, normal: number, small: number): number => {
    const value = Number(text(name) ?? (quick ? small : normal));
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new SettingsError(`${name}=${text(name)}: a whole number from 1 on is needed`);
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], normal: T): T => {
    const found = values.find((value) => value === (text(name) ?? normal));
    if (found !== undefined) return found;
    throw new SettingsError(`${name}=${text(name)}: one of ${values.join(', ')} is needed`);
  };
  const keys = whole('KEYS', 1_000_000, 10_000);
  return {
    only: (text('BENCH') ?? '').split(/[\s,]+/).filter((word) => word !== ''),
    rounds: whole('ROUNDS', 3, 1),
    seconds: whole('SECONDS', 3, 1),
    keys,
    mixedKeys: Math.min(keys, 100_000),
    revisions: whole('REVISIONS', 100_000, 1_000),
    curve: [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= keys),
    node: text('NODE'),
    rpcHost: oneOf('RPC_HOST', RPC_HOSTS, 'native'),
    etcd: oneOf('ETCD', ETCDS, 'all'),
    quick,
  };
}
