import type { Command } from 'commander';
import { RaftKvError } from '../../../client/index.js';
import type { Client } from '../../../client/index.js';
import { endpointsGiven } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { usesTls } from '../../parsing/security-flags.js';
import { CommandError } from '../../process/streams.js';
import { plural } from '../../output/text.js';

/** The flag of commands that call members one by one. */
export const CLUSTER_FLAG = ['--cluster', 'call every member of the cluster, not only those of --endpoints'] as const;

/** The endpoints given by the user, or else those of every member of the cluster. */
export async function endpointsToAsk(command: Command, client: Client): Promise<readonly string[]> {
  const { cluster } = command.optsWithGlobals<{ readonly cluster?: boolean }>();
  if (cluster !== true && endpointsGiven(command)) return client.endpoints;
  const urls = await memberUrls(client);
  // Where endpoints without a scheme use TLS, only the scheme tells that a member does not.
  return usesTls(command.optsWithGlobals<ClientFlags>()) ? urls : urls.map((url) => url.replace(/^http:\/\//, ''));
}

/** A call that failed at one member. */
export interface MemberFailure {
  readonly endpoint: string;
  readonly error: string;
  /** The member answered, and refused. */
  readonly refused: boolean;
}

/** The outcome of a call at one member. */
export type MemberAnswer<T> = { readonly endpoint: string; readonly answer: T } | MemberFailure;

/** Calls one member. */
export async function askMember<T>(endpoint: string, ask: (endpoint: string) => Promise<T>): Promise<MemberAnswer<T>> {
  try {
    return { endpoint, answer: await ask(endpoint) };
  } catch (error) {
    if (!(error instanceof RaftKvError)) throw error;
    const refused = error.code !== 'unavailable' && error.code !== 'deadline-exceeded';
    return { endpoint, error: error.message.replace(`${endpoint}: `, ''), refused };
  }
}

/** Calls members one after the other. */
export async function* askEach<T>(
  endpoints: readonly string[],
  ask: (endpoint: string) => Promise<T>,
): AsyncGenerator<MemberAnswer<T>, void, undefined> {
  for (const endpoint of endpoints) yield await askMember(endpoint, ask);
}

/**
 * @param options.reason adds the first failure, for commands that do not print each of them
 * @throws CommandError if a call failed; it says whether members refused or did not answer
 */
export function failIfAny(
  answers: readonly MemberAnswer<unknown>[],
  { reason = false }: { readonly reason?: boolean } = {},
): void {
  const failures = answers.filter((each): each is MemberFailure => 'error' in each);
  const refused = failures.filter((each) => each.refused).length;
  const silent = failures.length - refused;
  const of = ` of ${answers.length}`;
  const parts = [
    ...(refused > 0 ? [`${plural(refused, 'member')}${of} refused the call`] : []),
    ...(silent > 0 ? [`${plural(silent, 'member')}${of} did not answer`] : []),
  ];
  const [first] = failures;
  if (first === undefined) return;
  throw new CommandError(`${parts.join(', ')}${reason ? `: ${first.endpoint}: ${first.error}` : ''}`);
}

/** The first client URL of each member. A member that has not started yet has none and is left out. */
async function memberUrls(client: Client): Promise<readonly string[]> {
  // Not linearizable, so that it works without a leader.
  const { members } = await client.memberList({ linearizable: false });
  return members.flatMap(({ clientUrls }) => clientUrls.slice(0, 1));
}
