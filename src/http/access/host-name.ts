/** Longest host that is parsed, in characters: longer than any name or address. */
const HOST_CHARS_MAX = 300;

/**
 * The host of a `Host` header or an authority, without port, brackets, zone and trailing dot, in lower case. A text that
 * is too long for a host is returned unchanged, so that its length costs nothing.
 */
export function hostName(authority: string): string {
  if (authority.length > HOST_CHARS_MAX) return authority;
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(authority)?.[1];
  // More than one colon without brackets is an IPv6 address without a port.
  const host = bracketed ?? (/^[^:]*:\d*$/.test(authority) ? authority.slice(0, authority.indexOf(':')) : authority);
  return withoutZone(host.toLowerCase())
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/\.$/, '');
}

/** Only an IPv6 address has a zone. */
function withoutZone(host: string): string {
  const colon = host.indexOf(':');
  const zone = colon === -1 ? -1 : host.indexOf('%', colon);
  return zone === -1 ? host : host.slice(0, zone);
}

/** Whether a host without its port is this machine's loopback. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
