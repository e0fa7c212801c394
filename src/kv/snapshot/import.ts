import type { Engine, EngineOperation, EngineRow } from '../../ports/engine.js';
import { SnapshotDamageError } from '../../ports/snapshot.js';
import { assert, assertNever, defined } from '../../util/assert.js';
import { VersionHash } from '../reads/hash.js';
import { restoredRow, type RevisionGap } from '../feeds/rows.js';
import { Table, tableOf } from '../format/layout.js';
import { confStateRow, firstConfState, isMembersRow, memberRow, type Member } from '../membership/members.js';
import { isOwnRow, metaRow, type Meta } from '../format/meta.js';
import type { SnapshotHeader } from './header.js';
import type { SnapshotPart } from './reader.js';

/**
 * Tables that a new cluster does not take over. Alarms concern members and their disks: those of the new cluster raise their own.
 * Writes in sessions may have been acknowledged since the snapshot was made: none goes on in the new cluster as if nothing had been.
 */
const LEFT_OUT: ReadonlySet<number | undefined> = new Set([Table.alarms, Table.sessions, Table.sessionResults]);

/** Properties of a snapshot. */
export interface SnapshotSummary {
  readonly header: SnapshotHeader;
  /** Number of live keys at its revision. */
  readonly keys: number;
  /** HashKV of a member at its revision. */
  readonly hash: number;
  /** Digest of the whole snapshot. */
  readonly digest: Uint8Array;
}

type RowsTaker = (rows: readonly EngineRow[], header: SnapshotHeader | undefined) => Promise<void>;

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
          addTo(hash, row);
        }
        await onRows(part.rows, header);
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

function addTo(hash: VersionHash, row: EngineRow): void {
  try {
    hash.add(row);
  } catch (cause) {
    throw new SnapshotDamageError('a row of the snapshot cannot be decoded', { cause });
  }
}

function restored(row: EngineRow, gap: RevisionGap): EngineRow {
  try {
    return restoredRow(row, gap);
  } catch (cause) {
    throw new SnapshotDamageError('a row of the snapshot cannot be decoded', { cause });
  }
}

export interface ImportOptions {
  /** Members of the new cluster, all voters. */
  readonly members: readonly Member[];
  /**
   * Revisions to skip. If not 0, all earlier history counts as compacted: watches end as compacted and never see a
   * revision twice.
   */
  readonly bumpRevision: number;
}

export interface Imported extends SnapshotSummary {
  /** Configuration of the new cluster. */
  readonly meta: Meta;
}

/**
 * Imports a snapshot into an empty engine as the state of a new cluster: the same keys, revisions, leases and index,
 * with other members. Change feeds keep their cursors and lose their workers. The row that makes the engine a store is
 * written last, after the whole snapshot was verified.
 * @throws SnapshotDamageError
 */
export async function importSnapshot(
  parts: AsyncIterable<SnapshotPart>,
  engine: Engine,
  { members, bumpRevision }: ImportOptions,
): Promise<Imported> {
  const summary = await summarize(parts, async (rows, header) => {
    const { revision } = defined(header, 'the header before the rows').meta;
    const gap: RevisionGap = { revision, skipped: bumpRevision };
    const kept = rows.filter(({ key }) => !isMembersRow(key) && !LEFT_OUT.has(tableOf(key)));
    await engine.write(kept.map((row): EngineOperation => ({ type: 'put', ...restored(row, gap) })));
  });
  const { meta: found } = summary.header;
  const revision = found.revision + bumpRevision;
  assert(Number.isSafeInteger(revision), `revision ${found.revision} cannot be raised by ${bumpRevision}`);
  const meta = { ...found, revision, ...(bumpRevision > 0 ? { compactedRevision: revision } : {}) };
  await engine.write([...members.map(memberRow), confStateRow(firstConfState(members)), metaRow(meta)]);
  return { ...summary, meta };
}
