import type { Clock } from '../ports/clock.js';
import type { LogFields, Logger } from '../util/logger.js';
import { NewsFilter } from '../util/news-filter.js';
import type { Refusal, TrafficListener } from './traffic.js';

export interface RefusalLogOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traffic: Pick<TrafficListener, 'refused'>;
}

/** Counts refusals, and logs them at a bounded rate: repeated reasons, and those above the rate, at level debug. */
export class RefusalLog {
  readonly #options: RefusalLogOptions;
  readonly #news = new NewsFilter();

  constructor(options: RefusalLogOptions) {
    this.#options = options;
  }

  /** @param options.expected the refusal is part of normal operation: it is counted, and logged at level debug */
  refused(
    what: Refusal,
    text: string,
    fields: LogFields & { readonly reason: string },
    options: { readonly expected: boolean } = { expected: false },
  ): void {
    const { traffic, logger, clock } = this.#options;
    traffic.refused(what);
    const news = options.expected ? undefined : this.#news.look(fields.reason, clock.now());
    if (news === undefined) logger.debug(text, fields);
    else logger.warn(text, { ...fields, ...news });
  }
}
