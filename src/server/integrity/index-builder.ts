import { raftkv } from '../../gen/proto.js';
import type { Index } from '../../kv/indexes/index-table.js';
import type { KvStore } from '../../kv/store.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { Logger } from '../../util/logger.js';
import { OWN_CALL } from '../requests/own-call.js';
import type { Proposer } from '../requests/proposer.js';

/** Time after a slice that could not be applied, in ms. */
const RETRY_MS = 500;
/** Bounds on the time between two slices, in ms. */
const PAUSE_MIN_MS = 1;
const PAUSE_MAX_MS = 100;

export interface IndexBuilderOptions {
  readonly store: Pick<KvStore, 'indexes'>;
  readonly proposer: Pick<Proposer, 'submit'>;
  readonly clock: Clock;
  /** Only the leader builds. */
  readonly leads: () => boolean;
  readonly logger: Logger;
  /** Keys of a slice; 0 for as many as allowed. */
  readonly sliceKeys: number;
}

/**
 * Builds indexes: proposes one slice of one index at a time, while this member leads. Between two slices it waits for as long as
 * the last one took, so that writes of clients get half of the time at least.
 */
export class IndexBuilder {
  readonly #options: IndexBuilderOptions;
  #busy = false;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(options: IndexBuilderOptions) {
    this.#options = options;
  }

  /** Looks for an index to build: called when the indexes or the leader have changed. */
  wake(): void {
    const { store, leads } = this.#options;
    const { maintained } = store.indexes();
    if (this.#busy || this.#stopped || maintained.length === 0 || !leads()) return;
    const index = maintained.find(({ state }) => state.kind === 'building');
    if (index === undefined) return;
    this.#busy = true;
    this.#propose(index);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #propose({ id, spec, state }: Index): void {
    const { proposer, clock, logger, sliceKeys: keys } = this.#options;
    const cursor = state.kind === 'building' ? state.cursor : new Uint8Array(0);
    const startMs = clock.now();
    proposer.submit({
      call: OWN_CALL,
      kind: 'indexBuild',
      request: raftkv.IndexSlice.encode({ id, cursor, keys }).finish(),
      done: (outcome) => {
        if (outcome.kind === 'applied' && outcome.result.kind === 'ok') {
          return this.#later(Math.min(Math.max(clock.now() - startMs, PAUSE_MIN_MS), PAUSE_MAX_MS));
        }
        const why = outcome.kind === 'failed' ? outcome.status.message : outcome.result.kind;
        logger.debug('cannot build an index', { index: spec.name, why });
        this.#later(RETRY_MS);
      },
    });
  }

  #later(ms: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.timeout(ms, () => {
      this.#busy = false;
      this.wake();
    });
  }
}
