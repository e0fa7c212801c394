/** Variables of a process, by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variable that names the configuration file. */
export const FILE_VARIABLE = 'RAFTKV_CONFIG_FILE';

/** The environment variable of a server setting: --listen-client-urls is RAFTKV_LISTEN_CLIENT_URLS. */
export function variableOf(flag: string): string {
  return `RAFTKV_${flag.toUpperCase().replaceAll('-', '_')}`;
}
