import { EngineCorruptionError, type Engine, type EngineHome, type EngineOperation } from '../../ports/engine.js';
import { SnapshotDamageError, type SnapshotPosition, type SnapshotSink } from '../../ports/snapshot.js';
import type { ConfState, SnapshotMetadata } from '../../raft/types.js';
import { assert, defined } from '../../util/assert.js';
import { readAuth } from '../auth/auth-rows.js';
import { readAlarms } from '../commands/alarms.js';
import { readConfState, readFirstMembers, readMembers, readRemoved, sameConfState } from '../membership/members.js';
import { isOwnRow, metaRow } from '../format/meta.js';
import { SnapshotReader } from './reader.js';
import { formatMemberId } from '../../util/member-id.js';

/**
 * Builds the state of a snapshot in a staged engine. The row with the applied index is written last: without it, an
 * engine is not a store, so a crash leaves no partial state.
 */
export class StagedSnapshot implements SnapshotSink {
  readonly #home: EngineHome;
  readonly #clusterId: number;
  readonly #reader = new SnapshotReader();
  #engine: Engine | undefined;
  #complete: SnapshotMetadata | undefined;
  #taking = false;

  constructor(options: { readonly home: EngineHome; readonly clusterId: number }) {
    this.#home = options.home;
    this.#clusterId = options.clusterId;
  }

  get position(): SnapshotPosition {
    return this.#reader.position;
  }

  get complete(): SnapshotMetadata | undefined {
    return this.#complete;
  }

  async take(frame: Uint8Array): Promise<SnapshotPosition> {
    assert(!this.#taking, 'a snapshot takes one frame at a time');
    this.#taking = true;
    try {
      await this.#take(frame);
    } finally {
      this.#taking = false;
    }
    return this.position;
  }

  async discard(): Promise<void> {
    this.#complete = undefined;
    const engine = this.#engine;
    this.#engine = undefined;
    // Another engine may have been staged since.
    if (engine !== undefined && this.#home.staged === engine) await this.#home.discard();
  }

  async #take(frame: Uint8Array): Promise<void> {
    const part = this.#reader.read(frame);
    if (part.kind === 'header') {
      const { clusterId } = part.header;
      if (clusterId !== this.#clusterId) {
        throw new SnapshotDamageError(`a snapshot of cluster ${formatMemberId(clusterId)}, not of this one`);
      }
      this.#complete = undefined;
      this.#engine = await this.#home.stage();
      return;
    }
    const engine = defined(this.#engine, 'the staged engine');
    if (part.kind === 'rows') {
      await engine.write(
        part.rows.map(({ key, value }): EngineOperation => {
          if (isOwnRow(key)) throw new SnapshotDamageError("a row of the snapshot is a member's own");
          return { type: 'put', key, value };
        }),
      );
      return;
    }
    await this.#finish(engine);
  }

  async #finish(engine: Engine): Promise<void> {
    const { meta, confState } = defined(this.#reader.header, 'the header of the snapshot');
    const stored = await readRows(engine);
    if (stored === undefined || !sameConfState(stored, confState)) {
      throw new SnapshotDamageError('the rows of the snapshot hold another configuration than its header');
    }
    await engine.write([metaRow(meta)]);
    await this.#home.seal();
    this.#complete = { index: meta.appliedIndex, term: meta.appliedTerm, confState };
  }
}

/**
 * Reads what the store needs before the state is installed: afterwards the log starts behind it, and nothing can be
 * undone.
 */
async function readRows(engine: Engine): Promise<ConfState | undefined> {
  try {
    await readMembers(engine);
    await readRemoved(engine);
    await readAlarms(engine);
    await readAuth(engine);
    readFirstMembers(engine);
    return readConfState(engine);
  } catch (cause) {
    if (cause instanceof EngineCorruptionError) throw cause;
    throw new SnapshotDamageError('a row of the snapshot cannot be decoded', { cause });
  }
}
