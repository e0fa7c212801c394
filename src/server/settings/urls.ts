import { inOneLine } from '../../util/one-line.js';
import { withoutUserInfo } from '../../util/user-info.js';

/** A configuration that cannot work. The message is one line that names the setting and the remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** For programs, beside the codes of the other errors. */
  readonly code = 'invalid-config';

  constructor(message: string, options?: ErrorOptions) {
    super(inOneLine(message), options);
  }
}

export interface MemberUrls {
  readonly name: string;
  readonly peerUrls: readonly string[];
}

export interface UrlOptions {
  /** Whether unix:// and unixs:// URLs, which name a socket in the file system, are possible. */
  readonly sockets: boolean;
}

/** An address to listen on. */
export type ListenAddress =
  { readonly host: string; readonly port: number } | { readonly path: string; readonly port?: undefined };

/**
 * Parses a comma-separated list of URLs.
 * @param setting the name of the setting, for the message: `--listen-client-urls`
 * @throws ConfigError
 */
export function parseUrls(setting: string, list: string, options: UrlOptions): readonly string[] {
  const urls = list.split(',').map((url) => parseUrl(setting, url.trim(), options));
  return [...new Set(urls)];
}

/**
 * Parses NAME=URL,NAME=URL,…; a repeated name adds a URL to its member. As in etcd, empty parts are skipped.
 * @param setting the name of the setting, for the message
 * @throws ConfigError
 */
export function parseCluster(setting: string, list: string): readonly MemberUrls[] {
  const members = new Map<string, Set<string>>();
  for (const part of list.split(',').filter((text) => text.trim() !== '')) {
    const at = part.indexOf('=');
    if (at <= 0) throw new ConfigError(`${setting}: "${withoutUserInfo(part)}" is not NAME=URL`);
    const name = part.slice(0, at).trim();
    const url = parseUrl(setting, part.slice(at + 1).trim(), { sockets: false });
    members.set(name, (members.get(name) ?? new Set()).add(url));
  }
  if (members.size === 0) throw new ConfigError(`${setting} names no member: NAME=URL,NAME=URL,… is needed`);
  return [...members].map(([name, urls]) => ({ name, peerUrls: [...urls] }));
}

/** The peer URLs in their normal form, sorted, by which members are compared; undefined if one is malformed or there is none. */
export function peerUrls(list: readonly string[]): readonly string[] | undefined {
  try {
    const urls = list.map((url) => parseUrl('--peer-urls', url.trim(), { sockets: false }));
    return urls.length === 0 ? undefined : [...new Set(urls)].sort();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Whether connections to a URL in its normal form use TLS. */
export function isSecure(url: string): boolean {
  return url.startsWith('https://') || url.startsWith('unixs://');
}

/** The address of a URL in its normal form. */
export function listenAddress(url: string): ListenAddress {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/s.exec(url) ?? [];
  if (scheme.startsWith('unix')) return { path: rest };
  // Not by the URL class, which drops the default port of the scheme.
  const at = rest.lastIndexOf(':');
  return { host: rest.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(rest.slice(at + 1)) };
}

/** Whether a URL in its normal form can be reached from this machine alone. */
export function isLocal(url: string): boolean {
  const host = hostOf(url);
  return host === undefined || host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

/** The host of a URL in its normal form, as the URL class writes it; undefined for a Unix socket. */
export function hostOf(url: string): string | undefined {
  return /^https?:/.test(url) && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** The unspecified addresses as the URL class writes them, whose other forms are 0, 0x0 and [::ffff:0.0.0.0]. */
const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]']);

/** Whether a URL of parseUrls means all addresses of this machine: it can be listened on, not connected to from elsewhere. */
export function isUnspecified(url: string): boolean {
  return UNSPECIFIED.has(hostOf(url) ?? '');
}

/** @returns the URL in its normal form: the scheme in lower case, no slash at the end */
function parseUrl(setting: string, text: string, { sockets }: UrlOptions): string {
  const wrong = (why: string): ConfigError =>
    new ConfigError(`${setting}: "${withoutUserInfo(text)}" ${why}, as in http://127.0.0.1:2379`);
  const [, given = '', rest = ''] = /^([a-z]+):\/\/(.*)$/i.exec(text) ?? [];
  const scheme = given.toLowerCase();
  switch (scheme) {
    case 'unix':
    case 'unixs':
      if (!sockets) {
        throw new ConfigError(
          `${setting}: "${text}": members connect over TCP, use http${scheme.slice('unix'.length)}`,
        );
      }
      if (rest === '') throw new ConfigError(`${setting}: "${text}" names no socket, as in unix:///run/raftkv.sock`);
      return `${scheme}://${rest}`;
    case 'http':
    case 'https':
      break;
    default:
      throw wrong('is not a URL with a scheme, a host and a port');
  }
  // The port is read from the text: the URL class drops the default port of the scheme.
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^/:?#@]+):(\d{1,5})\/?$/.exec(rest) ?? [];
  if (host === undefined) throw wrong('is not a URL with a scheme, a host and a port');
  if (Number(port) > 65_535) throw wrong('has a port above 65535');
  const url = `${scheme}://${host}:${Number(port)}`;
  if (!URL.canParse(url)) throw wrong('is not a URL');
  return url;
}
