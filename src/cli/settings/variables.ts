/** The environment variable of a server setting: --listen-client-urls is RAFTKV_LISTEN_CLIENT_URLS. */
export function variableOf(flag: string): string {
  return `RAFTKV_${flag.toUpperCase().replaceAll('-', '_')}`;
}
