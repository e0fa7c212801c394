/** What a kind of fault changes in how members are started. */
export interface MemberSettings {
  readonly flags?: readonly string[];
  /** Variables of the environment of one member, whose folder exists. */
  readonly variables?: (member: MemberPlace) => Readonly<Record<string, string>>;
  /** Removes what a process of a member leaves behind outside of its folder. Called when it has ended, or this process ends. */
  readonly removeLeftovers?: (pid: number) => void;
  /** A command that runs each member's command line. It must keep the process id. */
  readonly wrapper?: (member: MemberPlace) => readonly string[];
  /** A file system of its own for each member: one that can be filled, or one that can lose power. Needs root. */
  readonly disk?: { readonly kind: 'small' | 'losing'; readonly bytes: number };
}

export interface MemberPlace {
  readonly name: string;
  /** Holds the member's data directory, `data`, and what faults keep about it. */
  readonly folder: string;
}
