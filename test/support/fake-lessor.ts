import { once } from 'node:events';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { wireLeaseId } from '../../src/kv/leases/leases.js';
import { asBuffer } from '../../src/util/bytes.js';
import { clampInteger, toBigInt } from '../../src/util/integer.js';

const pb = etcdserverpb;

/** The leases that several fake members share, as in a cluster. None expires. */
export class FakeLeases {
  readonly ttls = new Map<bigint, number>();
  lastId = 100n;
}

/** A member's reaction to renewals. */
export type Manner = 'answer' | 'silence' | 'refuse' | 'deny';

export interface KeepAliveSeen {
  readonly id: bigint;
  readonly atMs: number;
  /** Streams of this member, from 1. */
  readonly stream: number;
}

/** A member that serves only leases. */
export class FakeLessor {
  readonly endpoint: string;
  readonly leases: FakeLeases;
  readonly seen: KeepAliveSeen[] = [];
  /** Unary calls, by the method's name. */
  readonly calls: string[] = [];
  /** Called for each request. */
  manner: (id: bigint) => Manner = () => 'answer';
  /** Number of further unary calls that are applied with lost answers. */
  answersToLose = 0;
  /** Number of further unary calls that are neither applied nor answered. */
  callsToIgnore = 0;
  streams = 0;
  readonly #server: Server;
  readonly #open = new Set<ServerDuplexStream<Buffer, Buffer>>();

  static async start(leases = new FakeLeases()): Promise<FakeLessor> {
    const server = new Server();
    const fake: { made?: FakeLessor } = {};
    server.addService(
      SERVICE,
      implementation(() => fake.made),
    );
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    return (fake.made = new FakeLessor(`127.0.0.1:${port}`, server, leases));
  }

  private constructor(endpoint: string, server: Server, leases: FakeLeases) {
    this.endpoint = endpoint;
    this.leases = leases;
    this.#server = server;
  }

  get openStreams(): number {
    return this.#open.size;
  }

  /** Like a broken connection. */
  breakStreams(): void {
    for (const call of this.#open)
      call.emit('error', { code: status.UNAVAILABLE, details: 'etcdserver: server stopped' });
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  unary(name: string, body: Buffer, callback: sendUnaryData<Buffer>): void {
    this.calls.push(name);
    if (this.callsToIgnore > 0) {
      this.callsToIgnore--;
      return;
    }
    const answer = this.#answer(name, body);
    if (answer !== undefined && this.answersToLose > 0) {
      this.answersToLose--;
      callback({ code: status.UNAVAILABLE, details: 'transport is closing' });
    } else if (answer === undefined) {
      callback({ code: status.NOT_FOUND, details: 'etcdserver: requested lease not found' });
    } else {
      callback(null, asBuffer(answer));
    }
  }

  keepAlive(call: ServerDuplexStream<Buffer, Buffer>): void {
    const stream = ++this.streams;
    this.#open.add(call);
    for (const event of ['cancelled', 'end', 'error']) call.on(event, () => this.#open.delete(call));
    call.on('end', () => call.end());
    let denied = false;
    call.on('data', (body: Buffer) => {
      if (denied) return;
      const id = toBigInt(pb.LeaseKeepAliveRequest.decode(body).ID);
      this.seen.push({ id, atMs: performance.now(), stream });
      const manner = this.manner(id);
      if (manner === 'refuse') call.emit('error', { code: status.UNAVAILABLE, details: 'etcdserver: no leader' });
      if (manner === 'deny') {
        denied = true;
        call.emit('error', { code: status.PERMISSION_DENIED, details: 'etcdserver: permission denied' });
      }
      if (manner !== 'answer') return;
      const answer = { header: {}, ID: wireLeaseId(id), TTL: this.leases.ttls.get(id) ?? 0 };
      call.write(Buffer.from(pb.LeaseKeepAliveResponse.encode(answer).finish()));
    });
  }

  #answer(name: string, body: Buffer): Uint8Array | undefined {
    const { ttls } = this.leases;
    switch (name) {
      case 'LeaseGrant': {
        const { ID, TTL } = pb.LeaseGrantRequest.decode(body);
        const id = toBigInt(ID) === 0n ? ++this.leases.lastId : toBigInt(ID);
        ttls.set(id, clampInteger(TTL));
        return pb.LeaseGrantResponse.encode({ header: { revision: 7 }, ID: wireLeaseId(id), TTL }).finish();
      }
      case 'LeaseRevoke': {
        const id = toBigInt(pb.LeaseRevokeRequest.decode(body).ID);
        return ttls.delete(id) ? pb.LeaseRevokeResponse.encode({ header: { revision: 8 } }).finish() : undefined;
      }
      case 'LeaseTimeToLive': {
        const { ID, keys } = pb.LeaseTimeToLiveRequest.decode(body);
        const grantedTTL = ttls.get(toBigInt(ID));
        if (grantedTTL === undefined) return pb.LeaseTimeToLiveResponse.encode({ ID, TTL: -1 }).finish();
        const attached = keys ? [Buffer.from('a'), Buffer.from('b')] : [];
        return pb.LeaseTimeToLiveResponse.encode({ ID, TTL: grantedTTL - 1, grantedTTL, keys: attached }).finish();
      }
      case 'LeaseLeases':
        return pb.LeaseLeasesResponse.encode({
          leases: [...ttls.keys()].map((id) => ({ ID: wireLeaseId(id) })),
        }).finish();
      default:
        throw new Error(`no such method: ${name}`);
    }
  }
}

/** Resolves once a target has emitted an event. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

const UNARY = ['LeaseGrant', 'LeaseRevoke', 'LeaseTimeToLive', 'LeaseLeases'];
const same = (bytes: Buffer): Buffer => bytes;
const methodOf = (name: string, streams: boolean) => ({
  path: `/etcdserverpb.Lease/${name}`,
  requestStream: streams,
  responseStream: streams,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});
const SERVICE: ServiceDefinition = Object.fromEntries([
  ...UNARY.map((name) => [name, methodOf(name, false)] as const),
  ['LeaseKeepAlive', methodOf('LeaseKeepAlive', true)] as const,
]);

function implementation(fake: () => FakeLessor | undefined): UntypedServiceImplementation {
  const unary = UNARY.map((name) => [
    name,
    (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      fake()?.unary(name, call.request, callback);
    },
  ]);
  const keepAlive = (call: ServerDuplexStream<Buffer, Buffer>): void => {
    fake()?.keepAlive(call);
  };
  return Object.fromEntries([...unary, ['LeaseKeepAlive', keepAlive]]) as UntypedServiceImplementation;
}
