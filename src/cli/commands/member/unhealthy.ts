import { RaftKvError } from '../../../client/index.js';
import type { Client, Member } from '../../../client/index.js';
import { CommandError } from '../../process/streams.js';

/** etcd's error if too few members are connected. It does not name them. */
const UNHEALTHY = 'etcdserver: unhealthy cluster';

/** Time limit for one member to answer, in ms. */
const ANSWER_MS = 1000;

/** Changes the members. If the cluster is too unhealthy for it, the error names the members that do not answer. */
export async function explainUnhealthy<T>(client: Client, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof RaftKvError) || !error.message.includes(UNHEALTHY)) throw error;
    const missing = await findMissing(client);
    if (missing.length === 0) throw error;
    throw new CommandError(`${error.message} (${missing.join('; ')})`, { cause: error });
  }
}

/** The members that do not answer this client. Links between members are not visible from here. */
async function findMissing(client: Client): Promise<readonly string[]> {
  const limit = { timeoutMs: ANSWER_MS };
  try {
    const { members } = await client.memberList({ linearizable: false, ...limit });
    const voters = members.filter(({ isLearner }) => !isLearner);
    const found = await Promise.all(voters.map(async (member) => await missingOf(client, member)));
    return found.filter((missing) => missing !== undefined);
  } catch (error) {
    // The member that refused the change has stopped since. Its refusal is reported as it is.
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
