import type { Duplex } from 'node:stream';
import type { NodeId } from '../raft/types.js';
import { defined } from '../util/assert.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { SourceSet } from '../util/source-set.js';
import { STOPPING, type AcceptorOptions, type IncomingOptions } from './acceptor-options.js';
import type { Hello, HelloOrder } from './hello.js';
import { IncomingLink, removedText, type LinkOwner } from './incoming-link.js';
import { refuseLink } from './link-socket.js';

/** The newest hello of a lane, and when its connection was accepted. */
interface Newest extends HelloOrder {
  readonly from: NodeId;
  readonly accepted: number;
}

/** Accepts links: checks the callers, and receives the packets of the proven ones. */
export class Acceptor implements LinkOwner {
  readonly options: AcceptorOptions;
  /** In the order of their arrival; those that were refused linger for a moment. */
  readonly #links = new Set<IncomingLink>();
  /** Those that wait for a hello or a proof. */
  readonly #unproven = new SourceSet<IncomingLink>();
  /** By member and lane. Kept when the link ends. */
  readonly #newest = new Map<string, Newest>();
  #accepted = 0;
  #closed = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: AcceptorOptions) {
    this.options = options;
  }

  /** @param socket a new connection, from which nothing was read */
  accept(socket: Duplex, options: IncomingOptions): void {
    if (this.#closed) {
      refuseLink(socket, this.options.clock, { code: 'unavailable', message: STOPPING });
      return;
    }
    this.#accepted += 1;
    const link = new IncomingLink(this, socket, { ...options, accepted: this.#accepted });
    this.#links.add(link);
    this.#unproven.add(link, link.source);
    this.#boundUnproven();
  }

  /** Ends the links of members that are no longer peers. */
  dropStrangers(): void {
    const { listener } = this.options;
    for (const link of this.#links) {
      const from = link.claims;
      if (from === undefined) continue;
      if (listener.wasRemoved(from)) link.fail('removed', removedText(from));
      else if (!listener.isPeer(from)) link.fail('unwelcome', `member ${hex(from)} is no longer a peer`);
    }
    for (const [key, { from }] of this.#newest) if (!listener.isPeer(from)) this.#newest.delete(key);
  }

  /** Resolves once no connection is open. */
  async close(): Promise<void> {
    const { clock, closeGraceMs } = this.options;
    this.#closed = true;
    for (const link of this.#links) link.fail('unavailable', STOPPING);
    if (this.#links.size === 0) return;
    const cancel = clock.timeout(closeGraceMs, () => {
      for (const link of this.#links) link.destroy();
    });
    await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    cancel();
  }

  /**
   * Whether a newer link of the same member and lane was opened before. The hellos of one process are numbered. Those of
   * two processes are in the order of their connections, since the first process ended before the second began.
   */
  isOutdated({ accepted }: IncomingLink, hello: Hello): boolean {
    const newest = this.#newest.get(keyOf(hello));
    if (newest === undefined) return false;
    return newest.incarnation === hello.incarnation ? hello.number <= newest.number : accepted < newest.accepted;
  }

  /**
   * A peer has one link per lane. A newer one means that it gave up the older, which may linger half-open: nothing that
   * it still brings is passed on.
   */
  opened(opened: IncomingLink, hello: Hello): void {
    const { incarnation, number, from } = hello;
    this.#unproven.delete(opened);
    this.#newest.set(keyOf(hello), { incarnation, number, from, accepted: opened.accepted });
    for (const link of this.#links) {
      if (link !== opened && link.from === hello.from && link.lane === hello.lane) {
        link.fail('replaced', 'replaced by a newer link of the same member');
      }
    }
    this.options.listener.onProven(hello);
  }

  over(link: IncomingLink): void {
    this.#unproven.delete(link);
  }

  closed(link: IncomingLink): void {
    this.#links.delete(link);
    if (this.#links.size === 0) this.#onEmpty?.();
  }

  /**
   * The newest of each address stay: a member's proof takes a few milliseconds, and a member that loses a link dials
   * again.
   */
  #boundUnproven(): void {
    while (this.#unproven.size > this.options.unprovenLinksMax) {
      const link = defined(this.#unproven.victim(), 'a link without a proof');
      link.refuse('too-many-links', 'crowded', 'too many links wait for a proof');
    }
  }
}

function keyOf({ from, lane }: Hello): string {
  return `${from} ${lane}`;
}
