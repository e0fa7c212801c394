import { etcdserverpb } from '../../gen/proto.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { assertNever } from '../../util/assert.js';
import type { Logger } from '../../util/logger.js';
import { OWN_CALL } from '../requests/own-call.js';
import type { Proposer } from '../requests/proposer.js';
import type { AutoCompaction } from '../settings/history-settings.js';

export interface AutoCompactorOptions {
  readonly settings: AutoCompaction;
  readonly clock: Clock;
  readonly revision: () => number;
  /** Only the leader compacts. Other members keep track, to be able to take over. */
  readonly leads: () => boolean;
  readonly proposer: Pick<Proposer, 'submit'>;
  readonly logger: Logger;
}

const HOUR_MS = 3_600_000;
/** Checks per period, or per hour if that is shorter. */
const LOOKS = 10;
const REVISION_INTERVAL_MS = 300_000;

/** Compacts the history periodically, according to the settings. */
export class AutoCompactor {
  readonly #options: AutoCompactorOptions;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(options: AutoCompactorOptions) {
    this.#options = options;
    const { settings } = options;
    switch (settings.mode) {
      case 'off':
        break;
      case 'periodic':
        if (settings.retentionMs > 0) this.#runPeriodic(settings.retentionMs);
        break;
      case 'revision':
        if (settings.retention > 0) this.#runRevision(settings.retention);
        break;
      default:
        assertNever(settings, 'mode of the automatic compaction');
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Records the revision at each check, so that one of the right age is known; then compacts once per hour at most. */
  #runPeriodic(retentionMs: number): void {
    const { clock, revision, leads } = this.#options;
    const intervalMs = Math.min(retentionMs, HOUR_MS);
    const lookMs = intervalMs / LOOKS;
    const noted: number[] = [];
    const notedMax = Math.floor(retentionMs / lookMs) + 1;
    let compacted = 0;
    let lastMs = clock.now();
    let waitMs = retentionMs;
    const note = (): void => {
      noted.push(revision());
      if (noted.length > notedMax) noted.shift();
    };
    const look = (): void => {
      const oldest = noted[0] ?? 0;
      if (leads() && clock.now() - lastMs >= waitMs && oldest !== compacted) {
        this.#compact(oldest, () => {
          compacted = oldest;
          lastMs = clock.now();
          waitMs = intervalMs;
        });
      }
      note();
    };
    note();
    this.#every(lookMs, look);
  }

  #runRevision(retention: number): void {
    const { revision, leads } = this.#options;
    let compacted = 0;
    this.#every(REVISION_INTERVAL_MS, () => {
      const target = revision() - retention;
      if (!leads() || target <= 0 || target === compacted) return;
      this.#compact(target, () => (compacted = target));
    });
  }

  /** A failed compaction is retried at the next check. */
  #compact(revision: number, done: () => void): void {
    const { proposer, logger } = this.#options;
    proposer.submit({
      call: OWN_CALL,
      kind: 'autoCompaction',
      request: etcdserverpb.CompactionRequest.encode({ revision }).finish(),
      done: (outcome) => {
        if (outcome.kind === 'failed') {
          return logger.warn('cannot compact', { revision, why: outcome.status.message });
        }
        const { result } = outcome;
        // A client may have compacted further.
        if (result.kind === 'ok' || result.error.kind === 'compacted') {
          logger.info('compacted', { revision });
          return done();
        }
        logger.warn('cannot compact', { revision, why: result.error.kind });
      },
    });
  }

  #every(ms: number, work: () => void): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.timeout(ms, () => {
      work();
      this.#every(ms, work);
    });
  }
}
