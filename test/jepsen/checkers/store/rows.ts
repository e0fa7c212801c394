import { MalformedHistory } from '../../history/history.js';
import type { Anomaly } from '../../history/verdict.js';
import type { AnsweredCall } from '../answered.js';
import { anomaly } from '../verdict.js';
import type { Change, Changes, SeenPut } from './changes.js';

/** The rows `[key, value, rev, version, create]` of an answer with `{"kvs":[…]}`. @throws MalformedHistory */
export function rowsOf({ completion, endAt }: AnsweredCall): ReadonlyMap<string, SeenPut> {
  const { kvs } = (completion.value ?? {}) as { readonly kvs?: unknown };
  if (!Array.isArray(kvs)) throw new MalformedHistory(`event ${endAt}: no rows`);
  const rows = new Map<string, SeenPut>();
  for (const row of kvs as unknown[]) {
    const [key, value, rev, version, create] = Array.isArray(row) ? (row as unknown[]) : [];
    if (typeof key !== 'string') throw new MalformedHistory(`event ${endAt}: no row ${JSON.stringify(row)}`);
    rows.set(key, { value: String(value), rev: Number(rev), version: Number(version), create: Number(create) });
  }
  return rows;
}

/** Compares the rows under a prefix with the changes up to a revision. */
export function checkRows(
  read: AnsweredCall,
  { changes, prefix, revision }: { readonly changes: Changes; readonly prefix: string; readonly revision: number },
): Anomaly[] {
  const rows = rowsOf(read);
  const anomalies: Anomaly[] = [];
  const add = (name: string, text: string, change?: Change): number =>
    anomalies.push(anomaly(name, text, change?.writer === undefined ? [read] : [change.writer, read]));
  for (const key of changes.keys) {
    if (!key.startsWith(prefix)) continue;
    const last = changes.lastOf(key, revision);
    const row = rows.get(key);
    const name = JSON.stringify(key);
    const at = `at revision ${revision}`;
    if (last === undefined) continue;
    // A deletion of unknown outcome leaves nothing that shows it.
    if (row === undefined && last.value !== undefined && !changes.mayBeOpen(key))
      add('missing-key', `${name} is absent ${at}; it was put at revision ${last.rev}`, last);
    else if (row !== undefined && last.value === undefined && row.rev < last.rev)
      add('deleted-key', `${name} is present ${at}; it was deleted at revision ${last.rev}`, last);
    else if (row !== undefined && row.rev < last.rev)
      add('old-value', `${name} has revision ${row.rev} ${at}; it was put again at revision ${last.rev}`, last);
  }
  for (const [key, { rev, version, create }] of rows) {
    if (rev > revision) add('future-value', `${JSON.stringify(key)} has revision ${rev}, beyond ${revision}`);
    const name = JSON.stringify(key);
    const expected = changes.generationOf(key, rev);
    if (version < 1 || create > rev || (version === 1) !== (create === rev))
      add('wrong-version', `${name} has version ${version}, create ${create}, rev ${rev}`);
    else if (expected !== undefined && (expected.version !== version || expected.create !== create)) {
      const right = `version ${expected.version}, create ${expected.create}`;
      add('wrong-version', `${name} has version ${version}, create ${create} instead of ${right}`);
    }
  }
  return anomalies;
}
