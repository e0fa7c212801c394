import { RaftKvError } from '../../client/index.js';
import type { Client, Member } from '../../client/index.js';
import { CommandError } from '../streams.js';

/** etcd's word for members that the one asked has no link to; it does not say which. */
const UNHEALTHY = 'etcdserver: unhealthy cluster';

/** For one member to say that it is there, in ms. */
const ANSWER_MS = 1000;

/** Carries out a change of the members. Where it is refused because some are missing, finds out who does not answer. */
export async function namingTheMissing<T>(client: Client, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof RaftKvError) || !error.message.includes(UNHEALTHY)) throw error;
    const missing = await findMissing(client);
    if (missing.length === 0) throw error;
    throw new CommandError(`${error.message} (${missing.join('; ')})`, { cause: error });
  }
}

/** As seen from here: what the members see of each other is in their logs. */
async function findMissing(client: Client): Promise<readonly string[]> {
  const limit = { timeoutMs: ANSWER_MS };
  try {
    const { members } = await client.memberList({ linearizable: false, ...limit });
    const voters = members.filter(({ isLearner }) => !isLearner);
    const found = await Promise.all(voters.map(async (member) => await missingOf(client, member)));
    return found.filter((missing) => missing !== undefined);
  } catch (error) {
    // The one that refused has gone meanwhile. What it said is the answer.
    if (error instanceof RaftKvError) return [];
    throw error;
  }
}

async function missingOf(client: Client, { name, peerUrls, clientUrls }: Member): Promise<string | undefined> {
  const [url] = clientUrls;
  if (url === undefined) return `the member at ${peerUrls.join(',')} has not been started`;
  try {
    await client.status(url, { timeoutMs: ANSWER_MS });
    return undefined;
  } catch (error) {
    if (!(error instanceof RaftKvError)) throw error;
    return `${name} does not answer at ${url}`;
  }
}
