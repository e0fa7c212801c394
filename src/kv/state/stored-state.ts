import type { Engine, EngineHome, ReplacedEngine } from '../../ports/engine.js';
import type { SnapshotMetadata } from '../../raft/types.js';
import { assert, defined } from '../../util/assert.js';
import { heldFrom } from '../feeds/feed.js';
import type { Logger } from '../../util/logger.js';
import { readMeta, type Meta } from '../format/meta.js';
import { CurrentState, type CurrentStateOptions } from './current-state.js';
import type { EngineUse } from './engine-use.js';
import type { IndexTable } from '../indexes/index-table.js';
import { readTables, type Tables } from './tables.js';
import type { View } from './view.js';

export interface StoredStateOptions extends Omit<CurrentStateOptions, 'engine' | 'held' | 'indexes'> {
  readonly home: EngineHome;
  /** Those of the current engine. */
  readonly tables: Tables;
  readonly logger: Logger;
}

/** The state of a store: the current engine with its published view, and the tables in memory. A snapshot replaces both. */
export class StoredState {
  readonly #options: StoredStateOptions;
  #current: CurrentState;
  #tables: Tables;
  /** Replaced engines that still have readers. */
  readonly #releasing = new Set<Promise<void>>();

  constructor(options: StoredStateOptions) {
    this.#options = options;
    this.#tables = options.tables;
    this.#current = this.#stateOf(options.home.engine, options.tables.indexes);
  }

  #stateOf(engine: Engine, indexes: IndexTable): CurrentState {
    return new CurrentState({ ...this.#options, engine, indexes, held: () => heldFrom(this.#tables.feeds) });
  }

  get current(): CurrentState {
    return this.#current;
  }

  get tables(): Tables {
    return this.#tables;
  }

  /** The published view. */
  get view(): View {
    return this.#current.view;
  }

  /**
   * Replaces the state with the staged one, durable once it resolves. Reads in progress finish on the state that they
   * began with.
   * @param onReplaced called in the turn in which readers see the new state
   */
  async restore({ index, term }: SnapshotMetadata, onReplaced: (meta: Meta) => void): Promise<void> {
    const { home, logger } = this.#options;
    const staged = defined(home.staged, 'the staged state');
    const meta = defined(readMeta(staged), 'the meta row of the staged state');
    const { appliedIndex } = this.view.meta;
    assert(meta.appliedIndex === index && meta.appliedTerm === term, `the staged state is not that of ${index}`);
    assert(index > appliedIndex, `a state at ${index} would replace one at ${appliedIndex}`);
    const tables = await readTables(staged);
    await this.#current.endWork();
    const replaced = await home.promote();
    const previous = this.#current;
    // In one turn from here on: readers see all of the new state, or none.
    this.#tables = tables;
    this.#current = this.#stateOf(home.engine, tables.indexes);
    this.#current.beginWork();
    logger.info('restored a snapshot', { index, term, revision: meta.revision });
    const releasing = this.#release(previous.use, replaced);
    this.#releasing.add(releasing);
    void releasing.then(() => this.#releasing.delete(releasing));
    previous.view.retire();
    onReplaced(meta);
  }

  /** Releases the published view. Resolves once replaced engines have no readers. The current engine stays open. */
  async close(): Promise<void> {
    this.view.retire();
    await Promise.all(this.#releasing);
  }

  async #release(use: EngineUse, replaced: ReplacedEngine): Promise<void> {
    await use.idle();
    try {
      await replaced.release();
    } catch (error) {
      this.#options.onFatal(error);
    }
  }
}
