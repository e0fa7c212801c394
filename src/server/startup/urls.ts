/** A configuration that cannot work. The message is one line that names the setting and the remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface MemberUrls {
  readonly name: string;
  readonly peerUrls: readonly string[];
}

/**
 * Parses a comma-separated list of URLs.
 * @param setting the name of the setting, for the message: `--listen-client-urls`
 * @throws ConfigError
 */
export function parseUrls(setting: string, list: string): readonly string[] {
  const urls = list.split(',').map((url) => checkUrl(setting, url.trim()));
  return [...new Set(urls)];
}

/**
 * Parses NAME=URL,NAME=URL,…; a repeated name adds a URL to its member.
 * @param setting the name of the setting, for the message
 * @throws ConfigError
 */
export function parseCluster(setting: string, list: string): readonly MemberUrls[] {
  const members = new Map<string, string[]>();
  for (const part of list.split(',')) {
    const at = part.indexOf('=');
    if (at <= 0) throw new ConfigError(`${setting}: "${part}" is not NAME=URL`);
    const name = part.slice(0, at).trim();
    const url = checkUrl(setting, part.slice(at + 1).trim());
    const urls = members.get(name) ?? [];
    if (!urls.includes(url)) urls.push(url);
    members.set(name, urls);
  }
  const taken = new Map<string, string>();
  for (const [name, urls] of members) {
    for (const url of urls) {
      const other = taken.get(url);
      if (other !== undefined) throw new ConfigError(`${setting}: ${other} and ${name} share ${url}`);
      taken.set(url, name);
    }
  }
  return [...members].map(([name, peerUrls]) => ({ name, peerUrls }));
}

/** The URLs in one form each, as members are compared by them; undefined where one is none, or there is none. */
export function peerUrls(list: readonly string[]): readonly string[] | undefined {
  try {
    const urls = list.map((url) => checkUrl('--peer-urls', url.trim()));
    return urls.length === 0 ? undefined : [...new Set(urls)].sort();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Where to bind. */
export function listenAddress(url: string): { host: string; port: number } {
  // Not by the URL class: it drops a port that is the scheme's own.
  const at = url.lastIndexOf(':');
  return { host: url.slice('http://'.length, at).replace(/^\[|\]$/g, ''), port: Number(url.slice(at + 1)) };
}

function checkUrl(setting: string, text: string): string {
  const wrong = (why: string): ConfigError =>
    new ConfigError(`${setting}: "${text}" ${why}, as in http://127.0.0.1:2379`);
  // The port is looked for in the text itself: the parser drops one that is its scheme's own.
  const match = /^(https?):\/\/(\[[0-9a-fA-F:.]+\]|[^/:?#@]+):(\d{1,5})\/?$/.exec(text);
  if (match === null) throw wrong('is not a URL with a scheme, a host and a port');
  const [, scheme, host, port] = match;
  if (scheme === 'https') throw new ConfigError(`${setting}: "${text}": TLS is not supported yet, use http`);
  if (Number(port) > 65_535) throw wrong('has a port above 65535');
  if (!URL.canParse(text)) throw wrong('is not a URL');
  return `${scheme}://${host}:${Number(port)}`;
}
