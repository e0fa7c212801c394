import type { Group } from './scenario.js';
import { CURVE } from './scenarios/curve.js';
import { FAILOVER } from './scenarios/failover.js';
import { HOT_KEY } from './scenarios/hot-key.js';
import { LARGE_STORE } from './scenarios/large-store.js';
import { MIXED } from './scenarios/mixed.js';
import { PUT } from './scenarios/put.js';
import { RANGE } from './scenarios/range.js';
import { SECURE } from './scenarios/secure.js';
import { WATCH } from './scenarios/watch.js';
import { SettingsError } from './settings.js';

const GROUPS: readonly Group[] = [PUT, RANGE, SECURE, MIXED, HOT_KEY, WATCH, FAILOVER, LARGE_STORE, CURVE];

/**
 * The groups with the scenarios of selected rows.
 *
 * @param only beginnings of ids; empty for all
 * @throws SettingsError for one that begins no id
 */
export function selectGroups(only: readonly string[]): readonly Group[] {
  const ids = GROUPS.flatMap(({ scenarios }) => scenarios.flatMap(({ rows }) => rows.map(({ id }) => id)));
  const unknown = only.find((word) => !ids.some((id) => id.startsWith(word)));
  if (unknown !== undefined)
    throw new SettingsError(`BENCH=${unknown}: no row begins so; the rows are ${ids.join(', ')}`);
  return GROUPS.map((group) => ({
    ...group,
    scenarios: group.scenarios.filter(
      ({ rows }) => only.length === 0 || rows.some(({ id }) => only.some((word) => id.startsWith(word))),
    ),
  })).filter(({ scenarios }) => scenarios.length > 0);
}

/** Position of a row in the table; rows of earlier versions come last. */
export function rowOrder(id: string): number {
  const at = GROUPS.flatMap(({ scenarios }) => scenarios.flatMap(({ rows }) => rows)).findIndex((row) => row.id === id);
  return at === -1 ? Number.MAX_SAFE_INTEGER : at;
}
