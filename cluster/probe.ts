import { createServer } from 'node:net';
import { Client, credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { etcdserverpb } from '../src/gen/proto.js';
import { toBigInt } from '../src/util/integer.js';
import { clientEndpoint } from './members.js';
import type { Member } from './members.js';

/** A member's id and the leader that it knows, as on the wire; 0 for no leader. */
export interface MemberView {
  readonly id: bigint;
  readonly leader: bigint;
}

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
  secrets: ChannelCredentials = credentials.createInsecure(),
): Promise<Member | undefined> {
  const views = await Promise.all(members.map((member) => askStatus(member, secrets)));
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

async function askStatus(member: Member, secrets: ChannelCredentials): Promise<MemberView | undefined> {
  const client = new Client(clientEndpoint(member), secrets);
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(
        '/etcdserverpb.Maintenance/Status',
        (request: etcdserverpb.StatusRequest) => Buffer.from(etcdserverpb.StatusRequest.encode(request).finish()),
        (bytes: Buffer) => etcdserverpb.StatusResponse.decode(bytes),
        etcdserverpb.StatusRequest.create({}),
        { deadline: Date.now() + 1000 },
        (error, status) => {
          // A member that is not up yet refuses the connection, so every failure means "not yet".
          if (error !== null || status === undefined) resolve(undefined);
          else resolve({ id: toBigInt(status.header?.memberId), leader: toBigInt(status.leader) });
        },
      );
    });
  } finally {
    client.close();
  }
}
