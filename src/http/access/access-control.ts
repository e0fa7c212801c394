import type { IncomingMessage } from 'node:http';
import { hostName, isLoopback } from './host-name.js';

/** Admits every origin, or every host. */
export const ANY = '*';

export interface AccessSettings {
  /** Origins, as in `https://ui.example:8080`, whose pages may call this member; `*` admits all of them. */
  readonly origins: readonly string[];
  /** Host names beyond `ownHosts` that requests may name; `*` admits all of them. */
  readonly hosts: readonly string[];
  /** Hosts of the URLs that this member listens on or advertises. */
  readonly ownHosts: readonly string[];
}

/** `allowOrigin` is the value of Access-Control-Allow-Origin; undefined if the answer has no such header. */
export type Access =
  | { readonly kind: 'admitted'; readonly allowOrigin: string | undefined }
  | { readonly kind: 'foreign-host'; readonly host: string }
  | { readonly kind: 'foreign-origin'; readonly origin: string };

type Request = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & {
  readonly socket: Pick<IncomingMessage['socket'], 'localAddress'>;
};

/**
 * Keeps web pages of other sites away from this member. The check of the `Host` prevents DNS rebinding: a browser that
 * resolved an attacker's name to this member's address sends that name. The check of the `Origin` prevents requests
 * that pages of other sites send on behalf of a visitor. Clients other than browsers send no `Origin`.
 */
export class AccessControl {
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #anyOrigin: boolean;
  readonly #anyHost: boolean;

  constructor({ origins, hosts, ownHosts }: AccessSettings) {
    this.#origins = new Set(origins.map(normalOrigin));
    this.#hosts = new Set([...hosts, ...ownHosts].map(hostName));
    this.#anyOrigin = origins.includes(ANY);
    this.#anyHost = hosts.includes(ANY);
  }

  check(request: Request): Access {
    const authority = authorityOf(request);
    if (!this.#admitsHost(authority, request.socket.localAddress)) {
      return { kind: 'foreign-host', host: hostName(authority) };
    }
    if (this.#anyOrigin) return { kind: 'admitted', allowOrigin: ANY };
    const { origin } = request.headers;
    if (origin === undefined) {
      // Browsers that omit the origin still say whether the page is of another site.
      const site = request.headers['sec-fetch-site'];
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (isRead || site === undefined || site === 'same-origin' || site === 'none') {
        return { kind: 'admitted', allowOrigin: undefined };
      }
      return { kind: 'foreign-origin', origin: 'null' };
    }
    const normal = normalOrigin(origin);
    if (this.#origins.has(normal)) return { kind: 'admitted', allowOrigin: origin };
    if (isSameOrigin(normal, authority)) return { kind: 'admitted', allowOrigin: undefined };
    return { kind: 'foreign-origin', origin };
  }

  #admitsHost(authority: string, localAddress: string | undefined): boolean {
    // Browsers always name a host; health checks over HTTP/1.0 name none.
    if (this.#anyHost || authority === '') return true;
    const host = hostName(authority);
    if (isLoopback(host) || this.#hosts.has(host)) return true;
    return localAddress !== undefined && host === hostName(localAddress);
  }
}

/** A request line with a whole URL, as sent to proxies, names the host itself. */
function authorityOf({ url = '', headers }: Request): string {
  return /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? headers.host ?? '';
}

/** The port of a scheme is optional in an origin. */
function normalOrigin(origin: string): string {
  return URL.canParse(origin) && new URL(origin).origin !== 'null' ? new URL(origin).origin : origin;
}

/** Any scheme will do: a proxy that ends TLS sends plain HTTP with the host of the page. */
function isSameOrigin(origin: string, authority: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return host !== '' && URL.canParse(`${protocol}//${authority}`) && new URL(`${protocol}//${authority}`).host === host;
}
