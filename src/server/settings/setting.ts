/** The sections of `raftkv serve --help` and of the reference in docs/OPERATIONS.md, in the order of both. */
export const GROUPS = [
  'Member',
  'Cluster',
  'HTTP',
  'Raft',
  'Storage',
  'History and alarms',
  'Limits',
  'Watches',
  'Users',
  'Connections',
  'TLS of clients',
  'TLS of members',
  'TLS',
  'Logging',
  'Compatibility',
  'Unsafe',
] as const;
export type Group = (typeof GROUPS)[number];

/** How the text of a setting is read. */
export type Kind = 'text' | 'integer' | 'boolean' | 'duration' | 'choice' | 'list' | 'urls' | 'members';

/** One setting of `raftkv serve`: a flag, an environment variable and a name in the configuration file. */
export interface Setting<Flag extends string = string, Value = unknown> {
  /** The name without dashes in front: `data-dir`. */
  readonly flag: Flag;
  /** Older names of the same setting. */
  readonly aliases: readonly string[];
  readonly group: Group;
  readonly kind: Kind;
  /** The word for the value in the help: `urls`. */
  readonly placeholder: string;
  /** The unit of a number; undefined for all others, and for numbers without one. */
  readonly unit: string | undefined;
  /** The default as text; undefined if the setting has none, or if it depends on other settings. */
  readonly defaultText: string | undefined;
  /** A noun phrase for the help, without the default. */
  readonly help: string;
  /**
   * Reads the text of the setting.
   * @param name how the user gave the setting, for the message: `--data-dir`
   * @throws ConfigError with one line that names the setting and the values it takes
   */
  readonly parse: (text: string, name: string) => Value;
}

/** The type of a setting's value. Programs pass the same type, or text. */
export type ValueOf<S> = S extends Setting<string, infer Value> ? Value : never;
