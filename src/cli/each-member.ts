import type { Command } from 'commander';
import { RaftKvError } from '../client/index.js';
import type { Client } from '../client/index.js';
import { endpointsGiven } from './client-options.js';
import { CommandError } from './streams.js';
import { plural } from './text.js';

/** Of commands that concern members one by one. */
export const CLUSTER_FLAG = ['--cluster', 'ask every member of the cluster, wherever --endpoints points'] as const;

/** Those of --endpoints, or else every member of the cluster. */
export async function endpointsToAsk(command: Command, client: Client): Promise<readonly string[]> {
  const { cluster } = command.optsWithGlobals<{ readonly cluster?: boolean }>();
  return cluster === true || !endpointsGiven(command) ? await memberEndpoints(client) : client.endpoints;
}

/** What came of asking one member. */
export type MemberAnswer<T> =
  { readonly endpoint: string; readonly answer: T } | { readonly endpoint: string; readonly error: string };

/** One member after the other. */
export async function* askEach<T>(
  endpoints: readonly string[],
  ask: (endpoint: string) => Promise<T>,
): AsyncGenerator<MemberAnswer<T>, void, undefined> {
  for (const endpoint of endpoints) {
    try {
      yield { endpoint, answer: await ask(endpoint) };
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      yield { endpoint, error: error.message.replace(`${endpoint}: `, '') };
    }
  }
}

/** @throws CommandError where there was any */
export function failIfAny(failed: number, all: number): void {
  if (failed > 0) throw new CommandError(`${plural(failed, 'member')} of ${all} did not answer`);
}

/** The first client URL of each member. A member that has not started yet has none, and is not asked. */
async function memberEndpoints(client: Client): Promise<readonly string[]> {
  // Any member's own list: this must work while there is no leader.
  const { members } = await client.memberList({ linearizable: false });
  return members.flatMap(({ clientUrls }) => clientUrls.slice(0, 1)).map((url) => url.replace(/^https?:\/\//, ''));
}
