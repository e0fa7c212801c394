import { raftkv } from '../../gen/proto.js';
import type { KvStore } from '../../kv/store.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { Logger } from '../../util/logger.js';
import { OWN_CALL } from '../requests/own-call.js';
import type { Proposer } from '../requests/proposer.js';

/** Pause before another attempt, in ms. */
const RETRY_MS = 1_000;

export interface PublisherOptions {
  readonly proposer: Proposer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly member: { readonly id: number; readonly name: string; readonly clientUrls: readonly string[] };
  readonly store: KvStore;
}

/**
 * Publishes this member's name and client URLs through the log, so that every member lists them. Retries until the
 * replicated state agrees.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  #underWay = false;
  #cancelRetry: Cancel | undefined;
  #onPublished: () => void = () => undefined;
  /** Resolves once a leader is known and the members table has this member's name and client URLs; pends until then. */
  readonly published = new Promise<void>((resolve) => {
    this.#onPublished = resolve;
  });

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Call when a leader is known. */
  publish(): void {
    const { proposer, logger, member, clock } = this.#options;
    if (this.#underWay) return;
    if (this.#agrees()) return this.#onPublished();
    this.#underWay = true;
    const { id, name, clientUrls } = member;
    proposer.submit({
      call: OWN_CALL,
      kind: 'memberUpdate',
      request: raftkv.MemberRecord.encode({ id, name, clientUrls: [...clientUrls] }).finish(),
      done: (outcome) => {
        this.#underWay = false;
        if (outcome.kind === 'applied' && this.#agrees()) return this.#onPublished();
        const why = outcome.kind === 'failed' ? outcome.status.message : 'the members table does not have this member';
        logger.debug('client URLs not published yet', { why });
        this.#cancelRetry = clock.timeout(RETRY_MS, () => this.publish());
      },
    });
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#underWay = true;
  }

  #agrees(): boolean {
    const { store, member } = this.#options;
    const stored = store.members().find(({ id }) => id === member.id);
    return stored?.name === member.name && stored.clientUrls.join(',') === member.clientUrls.join(',');
  }
}
