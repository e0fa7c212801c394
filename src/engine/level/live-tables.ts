import type { LiveTable, VersionEdit } from './version-edit.js';

/**
 * The tables that a manifest lists, by number. Other tables in the folder are left over from a crash, and may be
 * incomplete.
 * @param edits of the manifest, in order
 */
export function liveTables(edits: readonly VersionEdit[]): readonly LiveTable[] {
  const tables = new Map<number, LiveTable>();
  for (const { deleted, added } of edits) {
    // In this order, as LevelDB writes and applies them: a table that moves to another level is in both lists.
    for (const number of deleted) tables.delete(number);
    for (const table of added) tables.set(table.number, table);
  }
  return [...tables.values()].sort((left, right) => left.number - right.number);
}
