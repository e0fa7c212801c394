import { isIP } from 'node:net';
import { sourceOf } from '../../util/source-set.js';
import { listenAddress } from '../settings/urls.js';

/** Proven sources that are remembered, the newest ones: members may come back from new addresses. */
const PROVEN_MAX = 64;
const LOOPBACK = [sourceOf('127.0.0.1'), sourceOf('::1')];

/**
 * The addresses at which members are: those of links that were proven, and those that stand in peer URLs. A caller from
 * one of them is likely a member, without a proof. Names in URLs are not resolved.
 */
export class MemberSources {
  readonly #urls: () => readonly string[];
  readonly #proven = new Set<string>();

  /** @param urls the peer URLs of all members */
  constructor(urls: () => readonly string[]) {
    this.#urls = urls;
  }

  /** A call from this address was proven to come from a member. */
  proven(address: string | undefined): void {
    const source = sourceOf(address);
    this.#proven.delete(source);
    this.#proven.add(source);
    const [oldest] = this.#proven;
    if (this.#proven.size > PROVEN_MAX && oldest !== undefined) this.#proven.delete(oldest);
  }

  includes(source: string): boolean {
    return this.#proven.has(source) || this.#urls().some((url) => sourcesOf(url).includes(source));
  }
}

function sourcesOf(url: string): readonly string[] {
  const address = listenAddress(url);
  if (!('host' in address)) return [];
  if (address.host === 'localhost') return LOOPBACK;
  return isIP(address.host) === 0 ? [] : [sourceOf(address.host)];
}
