import { DEFAULT_NODE_CONFIG, type NodeConfig } from '../../src/node/config.js';
import type { SimOptions } from './options.js';

/** Timing stays as drawn: a change would make it a different run. */
const KEPT: readonly (keyof NodeConfig)[] = ['heartbeatMs', 'electionMs'];

/** Options that are each simpler in one respect, the largest simplifications first. */
export function simpler(options: SimOptions): SimOptions[] {
  return [
    ...shorter(options),
    ...withoutOneOf(options.faults).map((faults) => ({ ...options, faults })),
    ...withoutOneOf(options.operations).map((operations) => ({ ...options, operations })),
    ...fewer(options.members).map((members) => ({ ...options, members })),
    ...(options.sessions ? [{ ...options, sessions: false }] : []),
    ...fewer(options.clients).map((clients) => ({ ...options, clients })),
    ...fewer(options.keys).map((keys) => ({ ...options, keys })),
    ...(options.leaseHolders > 0
      ? [
          { ...options, leaseHolders: 0 },
          { ...options, leaseHolders: 1 },
        ]
      : []),
    ...(options.feedWorkers > 0 ? [{ ...options, feedWorkers: 0 }] : []),
    ...(options.indexClients > 0 ? [{ ...options, indexClients: 0 }] : []),
    ...fewer(options.indexClients).map((indexClients) => ({ ...options, indexClients })),
    ...(options.users > 0 ? [{ ...options, users: 0 }] : []),
    ...fewer(options.users).map((users) => ({ ...options, users })),
    ...(options.caches > 0 ? [{ ...options, caches: 0 }] : []),
    ...fewer(options.caches).map((caches) => ({ ...options, caches })),
    ...(options.watchers === 1 ? [{ ...options, watchers: 0 }] : []),
    ...fewer(options.watchers).map((watchers) => ({ ...options, watchers })),
    ...calmer(options),
    ...withoutCalls(options),
    ...plainer(options),
  ];
}

function shorter(options: SimOptions): SimOptions[] {
  const { stormMs } = options;
  return [0.5, 0.75, 0.9]
    .map((share) => Math.round(stormMs * share))
    .filter((ms) => ms >= 500 && ms < stormMs)
    .map((ms) => ({ ...options, stormMs: ms }));
}

function withoutOneOf<T extends object>(all: T): T[] {
  return Object.keys(all).map((left) => Object.fromEntries(Object.entries(all).filter(([name]) => name !== left)) as T);
}

function fewer(count: number): number[] {
  return [...new Set([1, Math.ceil(count / 2), count - 1])].filter((less) => less >= 1 && less < count);
}

/** A network, disks, engines and clocks without faults. */
function calmer(options: SimOptions): SimOptions[] {
  const { network } = options;
  const calm: SimOptions[] = [
    { ...options, network: { ...network, lossRate: 0 } },
    { ...options, network: { ...network, duplicateRate: 0 } },
    { ...options, network: { ...network, reorder: false } },
    { ...options, network: { ...network, delayMs: [0.2, 2] } },
    { ...options, network: { ...network, snapshotBytesPerSecond: 1024 * 1024 } },
    { ...options, rateSpread: 0 },
    { ...options, batchMsMax: 0 },
    { ...options, table: undefined },
    { ...options, syncMsMax: 1 },
    { ...options, segmentBytes: 65_536 },
    { ...options, inTurnBytesMax: 0 },
  ];
  return calm.filter((each) => JSON.stringify(each) !== JSON.stringify(options));
}

function withoutCalls(options: SimOptions): SimOptions[] {
  const { mix } = options;
  return (['past', 'compact', 'delete', 'txn', 'get'] as const)
    .filter((kind) => mix[kind] > 0)
    .map((kind) => ({ ...options, mix: { ...mix, [kind]: 0 } }));
}

/** One setting of the nodes as it is by default. */
function plainer(options: SimOptions): SimOptions[] {
  const { node } = options;
  return (Object.keys(node) as (keyof NodeConfig)[])
    .filter((name) => !KEPT.includes(name) && node[name] !== DEFAULT_NODE_CONFIG[name])
    .map((name) => ({ ...options, node: { ...node, [name]: DEFAULT_NODE_CONFIG[name] } }));
}
