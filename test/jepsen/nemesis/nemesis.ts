import type { Random } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import type { MemberSettings } from '../cluster/member-settings.js';
import type { HistoryEvent } from '../history/event.js';
import type { Span } from '../net/span.js';

/** What a fault needs from the machine or the run. */
export type Need = 'proxy' | 'root' | 'strace' | 'faketime' | 'tls' | 'raftkv';

/** What only one fault of a run can change: of two, each would undo the other, and neither would notice. */
export type Exclusive = 'cuts' | 'links' | 'clocks' | 'file systems' | 'tracing';

/** A kind of fault. A run starts and stops it again and again, and stops it at the latest before the cluster must heal. */
export interface Nemesis {
  readonly name: string;
  /** One line for the list of nemeses. */
  readonly about: string;
  readonly needs?: readonly Need[];
  /** What it has to itself. Default: nothing. */
  readonly exclusive?: Exclusive;
  /** Settings of every member, from its first start. */
  readonly members?: MemberSettings;
  /** Pause between two faults, and duration of each, in ms. Default: 2 to 4 s, and 3 to 7 s. */
  readonly pauseMs?: Span;
  readonly holdMs?: Span;
  /** Injects the fault. It may go on by itself until it is stopped. @throws Error if the fault cannot be injected */
  start(context: NemesisContext): Promise<Fault>;
}

/** A fault that is in effect. */
export interface Fault {
  /** The kind for the history: `kill`, `pause`, `partition`. */
  readonly f: string;
  /** What it was done to, for the history and the reader. */
  readonly value: unknown;
  /** Undoes the fault and waits until the members that it took down are back. */
  stop(): Promise<Effects>;
}

/** What really happened, counted: connections cut, signals sent. A fault whose effects are all 0 is an error of the run. */
export type Effects = Readonly<Record<string, number>>;

export interface NemesisContext {
  readonly cluster: Cluster;
  /** Seeded. */
  readonly random: Random;
  /** Aborted when the fault is to end. */
  readonly signal: AbortSignal;
  /**
   * States that the last effect of the fault is gone; the time until the first write counts from here. Called by a `stop` that goes on to
   * wait. Otherwise the time counts from when `stop` has ended: members that were down have to be back.
   */
  readonly undone: () => void;
  log(text: string): void;
  /** Records what a checker must know, as an event of the cluster: a revision at which the history is to be compacted. */
  record(event: Pick<HistoryEvent, 'f' | 'value' | 'node'>): void;
}
