import { STOPPING } from './acceptor-options.js';
import type { Packet, PeerAddress } from '../ports/transport.js';
import type { Logger } from '../util/logger.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { splitByLane, type Lane } from './lane.js';
import { LaneLink, type LaneLinkOptions, type LinkFailure } from './lane-link.js';

export interface PeerListener {
  onLink(state: 'up' | 'down'): void;
  /** A packet for this peer was lost. */
  onLoss(): void;
  /** The peer refuses the link because this member was removed. */
  onRemoved(): void;
}

export type PeerOptions = Omit<LaneLinkOptions, 'lane' | 'listener' | 'peer' | 'urls'> & {
  readonly address: PeerAddress;
  readonly listener: PeerListener;
};

type Line = readonly [level: 'info' | 'warn', message: string];

const REFUSAL: Line = ['warn', 'peer refuses the link'];

/** Sends to one peer, on two lanes. The link is up while both lanes are. */
export class Peer {
  readonly #options: PeerOptions;
  readonly #control: LaneLink;
  readonly #append: LaneLink;
  readonly #name: string;
  #urls: readonly string[];
  #up = false;
  /** The last logged problem: a peer that is down for hours is logged once per reason, not once per attempt. */
  #logged: string | undefined;
  /** Time of the first failed attempt since there was a link or a refusal. */
  #awaySinceMs: number | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#urls = options.address.urls;
    this.#name = hex(options.address.id);
    const lane = (lane: Lane): LaneLink =>
      new LaneLink({ ...options, lane, peer: options.address.id, urls: options.address.urls, listener: this });
    this.#control = lane('control');
    this.#append = lane('append');
  }

  send(packet: Packet): void {
    const { control, append } = splitByLane(packet, { appendIdle: this.#append.idle });
    const controlTaken = control === undefined || this.#control.send(control);
    const appendTaken = append === undefined || this.#append.send(append);
    if (!controlTaken || !appendTaken) this.#options.listener.onLoss();
  }

  /** A link that is up keeps its URL. */
  setUrls(urls: readonly string[]): void {
    if (urls.join() === this.#urls.join()) return;
    this.#urls = urls;
    for (const link of [this.#control, this.#append]) link.setUrls(urls);
  }

  /** The peer is alive: see LaneLink.hurry. */
  hurry(): void {
    for (const link of [this.#control, this.#append]) link.hurry();
  }

  /** See LaneLink.sendProofs. */
  sendProofs(): void {
    for (const link of [this.#control, this.#append]) link.sendProofs();
  }

  async close(): Promise<void> {
    if (this.#up) {
      this.#up = false;
      this.#options.listener.onLink('down');
    }
    await Promise.all([this.#control.close(), this.#append.close()]);
  }

  onUp(_lane: Lane, url: string): void {
    if (this.#up || !this.#control.up || !this.#append.up) return;
    this.#up = true;
    this.#logged = undefined;
    this.#awaySinceMs = undefined;
    this.#logger.info('peer link up', { peer: this.#name, url });
    this.#options.listener.onLink('up');
  }

  onDown(lane: Lane, { reason, removed }: { readonly reason: string; readonly removed: boolean }): void {
    if (removed) this.#options.listener.onRemoved();
    this.#options.listener.onLoss();
    if (!this.#up) return;
    this.#up = false;
    if (reason === STOPPING) this.#logger.info('peer is stopping', { peer: this.#name });
    else this.#logger.warn('peer link broke', { peer: this.#name, lane, reason });
    this.#options.listener.onLink('down');
  }

  onFailure(lane: Lane, { url, reason, refused, removed }: LinkFailure): void {
    if (removed) this.#options.listener.onRemoved();
    const [level, message] = refused ? REFUSAL : this.#missed();
    // The runtime's texts about unreachable addresses contain times, so no two are equal.
    const problem = refused ? reason : message;
    this.#logger[problem === this.#logged ? 'debug' : level](message, { peer: this.#name, lane, url, reason });
    this.#logged = problem;
    if (refused) this.#awaySinceMs = undefined;
  }

  /** Members of a new cluster start at different times, and a restart takes a while: neither deserves a warning. */
  #missed(): Line {
    const { clock, options } = this.#options;
    this.#awaySinceMs ??= clock.now();
    const isLong = clock.now() - this.#awaySinceMs >= options.awayWarningMs;
    return isLong ? ['warn', 'peer cannot be reached'] : ['info', 'peer cannot be reached yet'];
  }

  get #logger(): Logger {
    return this.#options.logger;
  }
}
