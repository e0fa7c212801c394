import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** `link`: the links between members; `h2`: gRPC. With TLS, an HTTP/2 server wants it named (ALPN). */
export type PeerProtocol = 'link' | 'h2';

/**
 * Begins a connection to a peer URL. It may be written to at once.
 * @throws TypeError on a URL other than http://host:port and, where members use TLS, https://host:port
 */
export type Connect = (url: string, protocol: PeerProtocol) => Duplex;

/** Connects without TLS. */
export const connectPlain: Connect = (url) => {
  const { host, port, isSecure } = addressOf(url);
  if (isSecure) throw new TypeError(`${url}: this member has no TLS for peers`);
  return connect({ host, port, noDelay: true });
};

export interface PeerUrlAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

const DEFAULT_PORTS = new Map([
  ['http:', 80],
  ['https:', 443],
]);

/** @throws TypeError on a URL other than http://host:port and https://host:port */
export function addressOf(url: string): PeerUrlAddress {
  const { protocol, hostname, port } = new URL(url);
  const defaultPort = DEFAULT_PORTS.get(protocol);
  if (defaultPort === undefined) throw new TypeError(`${url}: peer URLs must begin with http:// or https://`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? defaultPort : Number(port), isSecure: protocol === 'https:' };
}
