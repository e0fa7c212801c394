import { Server, ServerCredentials, status, type Client } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { splitSession } from '../../../src/kv/sessions/session-call.js';
import { asBytes, rawCall, rawClient, type RawAnswer } from '../../support/raw-client.js';

/** What becomes of one call. */
export type Loss = 'answered' | 'answer lost' | 'request lost';

const METHODS = {
  Range: '/etcdserverpb.KV/Range',
  Put: '/etcdserverpb.KV/Put',
  Txn: '/etcdserverpb.KV/Txn',
  LeaseGrant: '/etcdserverpb.Lease/LeaseGrant',
  LeaseRevoke: '/etcdserverpb.Lease/LeaseRevoke',
  Campaign: '/v3electionpb.Election/Campaign',
  Open: '/raftkvpb.Session/Open',
  Close: '/raftkvpb.Session/Close',
  List: '/raftkvpb.Session/List',
} as const;

/** A server in front of a member that passes calls on, and loses some of the answers. */
export class LossyFront {
  readonly endpoint: string;
  /** The methods of all calls, in order. */
  readonly calls: string[] = [];
  /** The fates of the next writes; afterwards all are answered. */
  losses: Loss[] = [];
  /** Whether it drops the sessions of writes, as a server that does not know the field. */
  dropsSessions = false;
  /** Methods that are not passed on and get no answer. */
  readonly silent = new Set<keyof typeof METHODS>();
  readonly #server: Server;
  readonly #member: Client;

  private constructor(parts: { server: Server; member: Client; port: number }) {
    this.#server = parts.server;
    this.#member = parts.member;
    this.endpoint = `127.0.0.1:${parts.port}`;
  }

  /** @param member host:port @param without methods that it does not have */
  static async start(member: string, without: readonly (keyof typeof METHODS)[] = []): Promise<LossyFront> {
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    const front = new LossyFront({ server, member: rawClient(member), port });
    for (const [name, path] of Object.entries(METHODS) as [keyof typeof METHODS, string][]) {
      if (without.some((absent) => absent === name)) continue;
      const definition = {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: asBytes,
        requestDeserialize: asBytes,
        responseSerialize: asBytes,
        responseDeserialize: asBytes,
      } as const;
      const handle = (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void =>
        void front.#pass({ name, path, body: call.request }, done);
      server.addService({ [name]: definition }, { [name]: handle });
    }
    return front;
  }

  stop(): void {
    this.#server.forceShutdown();
    this.#member.close();
  }

  async #pass(
    { name, path, body }: { readonly name: keyof typeof METHODS; readonly path: string; readonly body: Buffer },
    done: sendUnaryData<Buffer>,
  ): Promise<void> {
    this.calls.push(name);
    if (this.silent.has(name)) return;
    const isWrite = ['Put', 'Txn', 'LeaseGrant', 'LeaseRevoke', 'Campaign'].includes(name);
    const loss = isWrite ? this.losses.shift() : undefined;
    const lost = { code: status.UNAVAILABLE, details: 'Connection dropped', name: 'lost', message: 'lost' };
    if (loss === 'request lost') return done(lost);
    const passed = isWrite && this.dropsSessions ? Buffer.from(splitSession(body).request) : body;
    const answer: RawAnswer = await rawCall(this.#member, path, passed);
    if (loss === 'answer lost') return done(lost);
    if (answer.code === 0) return done(null, answer.body);
    done({ code: answer.code, details: answer.details, name: 'refused', message: answer.details });
  }
}
