import { AutoCompactor } from '../integrity/auto-compaction.js';
import { HashCalls } from '../integrity/hash-calls.js';
import { HashComparison } from '../integrity/hash-comparison.js';
import type { Consensus } from './consensus.js';
import type { Requests } from './requests.js';
import type { AssemblySettings } from './settings.js';
import type { Storage } from './storage.js';

/** Work that the member does by itself: comparing the members, and compacting the history. */
export interface Integrity {
  readonly hashCalls: HashCalls;
  stop(): void;
}

export function makeIntegrity(
  settings: AssemblySettings,
  parts: { readonly storage: Storage; readonly consensus: Consensus; readonly requests: Requests },
): Integrity {
  const { memberId, clock, random, logger } = settings;
  const { store } = parts.storage;
  const { node, onFatal } = parts.consensus;
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
      comparison.stop();
      hashCalls.stop();
    },
  };
}
