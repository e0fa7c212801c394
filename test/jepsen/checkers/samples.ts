import type { HistoryEvent } from '../history/event.js';
import type { History } from '../history/history.js';

/** A history for tests of checkers. */
export function historyOf(
  workload: string,
  events: readonly HistoryEvent[],
  options: Readonly<Record<string, unknown>> = {},
): History {
  return {
    header: {
      format: 'raftkv-history',
      version: 1,
      workload,
      nemesis: 'none',
      seed: 1,
      nodes: 3,
      target: 'raftkv',
      net: 'proxy',
      commit: '0000000',
      started: '2026-01-01T00:00:00.000Z',
      options,
    },
    events,
  };
}
