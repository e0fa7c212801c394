import { AutoCompactor } from '../integrity/auto-compaction.js';
import { HashCalls } from '../integrity/hash-calls.js';
import { HashComparison } from '../integrity/hash-comparison.js';
import { IndexBuilder } from '../integrity/index-builder.js';
import type { Consensus } from './consensus.js';
import type { Requests } from './requests.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

/** Work that the member does by itself: comparing the members, compacting the history, and building indexes. */
export interface Integrity {
  readonly hashCalls: HashCalls;
  stop(): void;
}

export function makeIntegrity(
  settings: AssemblySettings,
  parts: { readonly storage: Storage; readonly consensus: Consensus; readonly requests: Requests },
): Integrity {
  const { memberId, clock, random, logger } = settings;
  const { store, indexesChanged } = parts.storage;
  const { node, onFatal, leadership } = parts.consensus;
  const { alarms, proposer } = parts.requests;
  const leads = (): boolean => node.status().role === 'leader';
  const hashCalls = new HashCalls({ node, clock, random, store, onFatal });
  const compactor = new AutoCompactor({
    settings: settings.autoCompaction,
    clock,
    revision: () => store.revision(),
    leads,
    proposer,
    logger,
  });
  const builder = new IndexBuilder({ store, proposer, clock, leads, logger, sliceKeys: settings.indexSliceKeys });
  indexesChanged.subscribe(() => builder.wake());
  leadership.subscribe(() => builder.wake());
  const comparison = new HashComparison({
    memberId,
    clock,
    intervalMs: settings.corruptCheckMs,
    leads,
    others: () =>
      store
        .members()
        .map(({ id }) => id)
        .filter((id) => id !== memberId),
    hash: (revision) => store.hashKv(revision),
    hashRecords: () => store.hashRecords(),
    recordHashAt: (index) => store.recordHashAt(index),
    ask: (member, point, done) => hashCalls.ask(member, point, done),
    raise: (alarm) => alarms.raise(alarm),
    logger,
    onFatal,
  });
  return {
    hashCalls,
    stop: () => {
      compactor.stop();
      builder.stop();
      comparison.stop();
      hashCalls.stop();
    },
  };
}
