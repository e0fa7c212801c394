import { createServer } from 'node:net';
import { RaftKvError, type Client, type MemberId } from '../src/client/index.js';
import { clientEndpoint } from './members.js';
import type { Member } from './members.js';

/** A member's id, and the leader that it knows. */
export interface MemberView {
  readonly id: MemberId;
  readonly leader: MemberId | undefined;
}

/** Time for a member to answer, in ms. */
const STATUS_MS = 1000;

/** The first port of the list that is in use; undefined if all are free. */
export async function findBusyPort(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) if (!(await isFree(port))) return port;
  return undefined;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The leader that at least `needed` members name, if it answers, too; undefined if there is none. */
export async function findLeader(
  members: readonly Member[],
  needed: number,
  client: Pick<Client, 'status'>,
): Promise<Member | undefined> {
  const views = await Promise.all(members.map((member) => askStatus(member, client)));
  const leader = namedLeader(views, needed);
  return leader === undefined ? undefined : members[leader];
}

/** The index of the leader that at least `needed` views name. The view of a member that did not answer is undefined. */
export function namedLeader(views: readonly (MemberView | undefined)[], needed: number): number | undefined {
  const position = views.findIndex(
    (view) => view !== undefined && views.filter((other) => other?.leader === view.id).length >= needed,
  );
  return position === -1 ? undefined : position;
}

async function askStatus(member: Member, client: Pick<Client, 'status'>): Promise<MemberView | undefined> {
  try {
    const { header, leader } = await client.status(clientEndpoint(member), { timeoutMs: STATUS_MS });
    return { id: header.memberId, leader };
  } catch (error) {
    // A member that is not up yet refuses the connection, so every failure of a call means "not yet".
    if (error instanceof RaftKvError) return undefined;
    throw error;
  }
}
