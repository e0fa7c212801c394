import type { Engine, EngineOperation, EngineRow } from '../../ports/engine.js';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { assert, assertNever } from '../../util/assert.js';
import { VersionHash } from '../reads/hash.js';
import { Table, tableOf } from '../format/layout.js';
import { confStateRow, firstConfState, isMembersRow, memberRow, type Member } from '../membership/members.js';
import { isOwnRow, metaRow, type Meta } from '../format/meta.js';
import type { SnapshotHeader } from './header.js';
import type { SnapshotPart } from './reader.js';

/** What a snapshot holds. */
export interface SnapshotSummary {
  readonly header: SnapshotHeader;
  /** Keys that are there at its revision. */
  readonly keys: number;
  /** What HashKV says of a member at its revision. */
  readonly hash: number;
  /** Stands for all of it. */
  readonly digest: Uint8Array;
}

type RowsTaker = (rows: readonly EngineRow[]) => Promise<void>;

/** Reads a snapshot to its end. @throws SnapshotDamageError */
export async function summarize(
  parts: AsyncIterable<SnapshotPart>,
  onRows: RowsTaker = () => Promise.resolve(),
): Promise<SnapshotSummary> {
  let header: SnapshotHeader | undefined;
  let hash = new VersionHash({ revision: 0, compactedRevision: 0 });
  let keys = 0;
  let digest: Uint8Array | undefined;
  for await (const part of parts) {
    switch (part.kind) {
      case 'header':
        ({ header } = part);
        hash = new VersionHash(header.meta);
        break;
      case 'rows':
        for (const row of part.rows) {
          if (isOwnRow(row.key)) throw new SnapshotDamageError("a row of the snapshot is a member's own");
          if (tableOf(row.key) === Table.current) keys += 1;
          hash.add(row);
        }
        await onRows(part.rows);
        break;
      case 'end':
        ({ digest } = part);
        break;
      default:
        assertNever(part);
    }
  }
  if (header === undefined || digest === undefined) throw new SnapshotDamageError('the snapshot is not complete');
  return { header, keys, hash: hash.value, digest };
}

export interface ImportOptions {
  /** Those of the new cluster. All of them vote. */
  readonly members: readonly Member[];
  /**
   * Revisions to leave out. With more than none, all that was before counts as compacted: whoever watches is told so, and
   * never meets a revision for the second time.
   */
  readonly bumpRevision: number;
}

export interface Imported extends SnapshotSummary {
  /** As the new cluster begins. */
  readonly meta: Meta;
}

/**
 * Makes the state of a snapshot that of a new cluster, in an empty engine: the same keys, revisions and leases, at the
 * same place of the log, with other members. The row that makes a store of it comes last, once all of the snapshot has
 * turned out well.
 * @throws SnapshotDamageError
 */
export async function importSnapshot(
  parts: AsyncIterable<SnapshotPart>,
  engine: Engine,
  { members, bumpRevision }: ImportOptions,
): Promise<Imported> {
  const summary = await summarize(parts, async (rows) => {
    // An alarm is about a member and its disk: those of the new cluster raise their own.
    const kept = rows.filter(({ key }) => !isMembersRow(key) && tableOf(key) !== Table.alarms);
    await engine.write(kept.map(({ key, value }): EngineOperation => ({ type: 'put', key, value })));
  });
  const { meta: found } = summary.header;
  const revision = found.revision + bumpRevision;
  assert(Number.isSafeInteger(revision), `revision ${found.revision} cannot be raised by ${bumpRevision}`);
  const meta = { ...found, revision, ...(bumpRevision > 0 ? { compactedRevision: revision } : {}) };
  await engine.write([...members.map(memberRow), confStateRow(firstConfState(members)), metaRow(meta)]);
  return { ...summary, meta };
}
