import { expect } from 'chai';
import { authpb, etcdserverpb } from '../../../src/gen/proto.js';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import type { StreamCall } from '../../../src/rpc/service.js';
import type { Status } from '../../../src/rpc/status.js';
import { KeepAlives, type KeepAlivesOptions } from '../../../src/server/lease/keep-alives.js';
import type { LeaseOutcome } from '../../../src/server/lease/lessor.js';
import { Access, REFUSALS } from '../../../src/server/requests/access.js';
import { Headers } from '../../../src/server/requests/header.js';
import { toBigInt } from '../../../src/util/integer.js';
import { poll } from '../../support/poll.js';

const { LeaseKeepAliveRequest, LeaseKeepAliveResponse } = etcdserverpb;
const [MINE, OTHERS] = [7n, 8n];
const RENEWED: LeaseOutcome = { kind: 'found', ttlSeconds: 10, remainingMs: 10_000 };

/** A user who may not write the keys of one of two leases, on a stream to a member whose leader is slow. */
class SlowStream {
  readonly #answers: ((outcome: LeaseOutcome) => void)[] = [];
  /** Leases that were renewed, and the status of the end. */
  readonly seen: (bigint | Status)[] = [];
  #receive: (request: etcdserverpb.LeaseKeepAliveRequest) => void = () => undefined;
  #checks = 0;

  constructor() {
    const permissions = [{ type: authpb.Permission.Type.WRITE, key: Buffer.from('a'), rangeEnd: new Uint8Array() }];
    const auth = new AuthState({
      enabled: true,
      revision: 2,
      users: new Map([['ann', { name: 'ann', passwordHash: '', noPassword: false, roles: ['r'] }]]),
      roles: new Map([['r', { name: 'r', permissions }]]),
    });
    const user = { kind: 'user', name: 'ann', bytes: Buffer.from('ann'), authRevision: 2 } as const;
    const options: KeepAlivesOptions = {
      lessor: { ask: (_call, _question, done) => this.#answers.push(done) },
      store: {
        holdLeasedKeys: (id) => {
          this.#checks += 1;
          return Promise.resolve(id === MINE);
        },
      },
      access: new Access({
        auth: () => auth,
        identities: { identify: () => user, resolve: (_call, done) => done() },
        fresh: (_call, done) => done(undefined),
      }),
      onFatal: (error) => {
        throw error;
      },
      headers: new Headers({ clusterId: 1, memberId: 1, term: () => 1 }),
      revision: () => 1,
    };
    const method = new KeepAlives(options).method();
    if (method.kind === 'unary') throw new Error('LeaseKeepAlive is a stream');
    method.handle(this.#call() as StreamCall<never>);
  }

  send(lease: bigint): void {
    this.#receive(LeaseKeepAliveRequest.decode(LeaseKeepAliveRequest.encode({ ID: wireLeaseId(lease) }).finish()));
  }

  /** Resolves once there were so many checks of leases, and what they lead to has happened. */
  async checks(count: number): Promise<void> {
    await poll('the checks', () => this.#checks === count || undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The leader renews the next lease that it was asked for. */
  renew(): void {
    this.#answers.shift()?.(RENEWED);
  }

  #call(): StreamCall<etcdserverpb.LeaseKeepAliveRequest> {
    return {
      certificate: undefined,
      cancelled: false,
      metadata: () => undefined,
      remainingMs: () => undefined,
      onCancel: () => undefined,
      onMessage: (callback) => (this.#receive = callback),
      onEnd: () => undefined,
      onDrain: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      send: (body) => {
        this.seen.push(toBigInt(LeaseKeepAliveResponse.decode(body).ID));
        return true;
      },
      end: () => undefined,
      fail: (status) => this.seen.push(status),
    };
  }
}

describe('the order of answers of LeaseKeepAlive', () => {
  // A refusal ended the stream before the leader had answered earlier requests: a client could not know which of its leases
  // was refused, and took it for the first without an answer.
  it('answers earlier requests before it refuses one', async () => {
    const stream = new SlowStream();
    for (const lease of [MINE, MINE, OTHERS, MINE]) stream.send(lease);
    await stream.checks(4); // a refusal is checked twice
    expect(stream.seen).to.deep.equal([]);
    stream.renew();
    expect(stream.seen).to.deep.equal([MINE]);
    stream.renew();
    expect(stream.seen).to.deep.equal([MINE, MINE, REFUSALS.denied]);
  });

  it('refuses at once when all earlier requests are answered', async () => {
    const stream = new SlowStream();
    stream.send(MINE);
    await stream.checks(1);
    stream.renew();
    stream.send(OTHERS);
    await stream.checks(3);
    expect(stream.seen).to.deep.equal([MINE, REFUSALS.denied]);
  });
});
