import type { Layer, Rules } from './rules.js';

/** The name of the clients' side. */
export const CLIENTS = 'clients';

/** A member's real addresses, or those by which others reach it. */
export interface Endpoint {
  readonly host: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

/** `drop`: packets vanish without a sign. `reject`: the other side gets an error at once. */
export type CutStyle = 'drop' | 'reject';

/** The connections between members, and from clients to members, with the means to disturb them. */
export interface Network {
  readonly kind: 'proxy' | 'netns';
  /** What the proxies do; undefined without proxies. */
  readonly rules: Rules | undefined;
  /** Counts of what the cuts, or the rules of links, did so far. */
  effects(layer: Layer): Promise<Readonly<Record<string, number>>>;
  /** The host on which a member listens. */
  hostOf(name: string): string;
  /** A command that runs a member's command line within its network. It keeps the process id. */
  wrapperOf(name: string): readonly string[];
  /** Prepares the ways to a member. @returns where others and clients reach it */
  add(name: string, listening: Endpoint): Promise<Endpoint>;
  /** Stops everything that one party sends to another. */
  cut(from: string, to: string, style?: CutStyle): Promise<void>;
  /** Undoes `cut` of one direction. */
  restore(from: string, to: string): Promise<void>;
  /** Undoes everything. */
  heal(): Promise<void>;
  /** Sends old bytes of a connection between members again. @returns whether there were any */
  replay(to: string): boolean;
  close(): Promise<void>;
}
