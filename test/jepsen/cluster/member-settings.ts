/** What a kind of fault changes in how members are started. */
export interface MemberSettings {
  readonly flags?: readonly string[];
  /** Variables of the environment of one member, whose folder exists. */
  readonly variables?: (member: MemberPlace) => Readonly<Record<string, string>>;
  /** A command that runs each member's command line. It must keep the process id. */
  readonly wrapper?: (member: MemberPlace) => readonly string[];
  /** Size of a file system of its own for each member's data, in bytes; needs root. */
  readonly diskBytes?: number;
}

export interface MemberPlace {
  readonly name: string;
  /** Holds the member's data directory, `data`, and what faults keep about it. */
  readonly folder: string;
}
