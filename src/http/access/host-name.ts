/** The host of a `Host` header or an authority, without port, brackets, zone and trailing dot, in lower case. */
export function hostName(authority: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(authority)?.[1];
  // More than one colon without brackets is an IPv6 address without a port.
  const host = bracketed ?? (/^[^:]*:\d*$/.test(authority) ? authority.slice(0, authority.indexOf(':')) : authority);
  return host
    .toLowerCase()
    .replace(/(?<=:.*)%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/\.$/, '');
}

/** Whether a host without its port is this machine's loopback. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
