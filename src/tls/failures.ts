import type { Logger } from '../util/logger.js';
import { NewsFilter } from '../util/news-filter.js';

/**
 * How a handshake failed. `timeout`: it took too long; `crowded`: too many were open; `plain`: the other side does not speak
 * TLS; `protocol`: they found no common version, cipher or the like, or this side could not begin; `certificate`: the other
 * side's is not accepted; `closed`: the other side went away.
 */
export const FAILURE_KINDS = ['timeout', 'crowded', 'plain', 'protocol', 'certificate', 'closed'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Counts failed handshakes, and logs them at a bounded rate. */
export class HandshakeFailures {
  readonly #port: string;
  readonly #logger: Logger;
  readonly #counts = new Map<FailureKind, number>();
  readonly #news = new NewsFilter();

  constructor({ port, logger }: { readonly port: string; readonly logger: Logger }) {
    this.#port = port;
    this.#logger = logger;
  }

  /** Failures of a kind since the start. */
  of(kind: FailureKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  count(
    kind: FailureKind,
    { remote = 'local', reason }: { readonly remote?: string | undefined; readonly reason: string },
  ): void {
    this.#counts.set(kind, this.of(kind) + 1);
    const fields = { port: this.#port, remote, reason };
    // Load balancers and health checks connect and go away.
    const news = kind === 'closed' ? undefined : this.#news.look(`${remote} ${reason}`, performance.now());
    if (news === undefined) this.#logger.debug('a TLS handshake failed', fields);
    else this.#logger.warn('a TLS handshake failed', { ...fields, ...news });
  }
}
