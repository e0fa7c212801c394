import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { newestIn, versionsIn } from '../format/history-row.js';
import { modRevisionOf } from '../format/key-value.js';
import { historyEnd, historyKey } from '../format/layout.js';
import type { View } from './view.js';

/** A version, by its key and the revision that wrote it. */
export interface VersionId {
  readonly key: Uint8Array;
  readonly modRevision: number;
}

/** Rows of several versions that are kept: of as many keys. */
const KEPT_ROWS = 16;

/**
 * Loads superseded versions of one view. A version is usually the oldest of its row, which a point read finds. Other rows
 * are found by a walk, and kept for the next version of the key: a reader of the changes asks for them one by one.
 */
export class SupersededVersions {
  readonly #view: View;
  /** Values of rows with several versions, by latin1 user key; the oldest first. */
  readonly #kept = new Map<string, Uint8Array>();

  constructor(view: View) {
    this.#view = view;
  }

  /** @returns the encoded versions, each of which must exist and be superseded */
  async load(wanted: readonly VersionId[]): Promise<readonly Uint8Array[]> {
    const found = wanted.map((id) => this.#inKept(id));
    const missing = wanted.filter((_, at) => found[at] === undefined);
    if (missing.length === 0) return found.map(present);
    const rows = await this.#view.rows.getMany(missing.map(({ key, modRevision }) => historyKey(key, modRevision)));
    const loaded = new Map<VersionId, Uint8Array>();
    for (const [at, id] of missing.entries()) {
      const row = rows[at];
      if (row !== undefined) this.#keep(id, row);
      loaded.set(id, (row && versionIn(row, id)) ?? this.#inKept(id) ?? (await this.#seek(id)));
    }
    return found.map((version, at) => version ?? present(loaded.get(defined(wanted[at], 'a wanted version'))));
  }

  #inKept(id: VersionId): Uint8Array | undefined {
    if (this.#kept.size === 0) return undefined;
    const row = this.#kept.get(bytesToLatin1(id.key));
    return row && versionIn(row, id);
  }

  async #seek(id: VersionId): Promise<Uint8Array> {
    const { key, modRevision } = id;
    const cursor = this.#view.cursor({ gte: historyKey(key, modRevision), lt: historyEnd(key) });
    try {
      const [row] = await cursor.next(1);
      const version = row && versionIn(row.value, id);
      assert(row !== undefined && version !== undefined, `the version of revision ${modRevision} is missing`);
      this.#keep(id, row.value);
      return version;
    } finally {
      await cursor.close();
    }
  }

  #keep({ key }: VersionId, row: Uint8Array): void {
    if (versionsIn(row).length === 1) return;
    const id = bytesToLatin1(key);
    this.#kept.delete(id);
    this.#kept.set(id, row);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_ROWS && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function versionIn(row: Uint8Array, { modRevision }: VersionId): Uint8Array | undefined {
  const version = newestIn(row, modRevision)?.keyValue;
  return version !== undefined && modRevisionOf(version) === modRevision ? version : undefined;
}

function present(version: Uint8Array | undefined): Uint8Array {
  return defined(version, 'a superseded version');
}
