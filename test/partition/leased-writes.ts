import { etcdserverpb } from '../../src/gen/proto.js';
import { wireLeaseId } from '../../src/kv/leases/leases.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import type { VirtualCluster } from '../support/virtual-cluster.js';
import type { VirtualMember } from '../support/virtual-member.js';
import { needsLogIn, PASSWORD } from './secured-calls.js';
import { ROOT } from './users-model.js';

const p = etcdserverpb;

const PACE_MS = 150;
/** TTLs in seconds: some leases end during a run, and others remain. */
const TTLS = [1, 3, 3600] as const;

/** Root grants leases, attaches keys to them, and revokes some, without a record: members are compared in the end. */
export class LeasedWrites {
  /** Leases whose grant was answered. */
  granted = 0;
  readonly #cluster: VirtualCluster;
  readonly #random: Random;
  readonly #tokens = new Map<VirtualMember, string>();
  readonly #done: Promise<void>;
  #running = true;

  constructor(cluster: VirtualCluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
    this.#done = this.#live();
  }

  /** Begins no more calls, and returns when all leases have ended that are not to remain. */
  async stop(): Promise<void> {
    const { time, members } = this.#cluster;
    this.#running = false;
    await time.wait(this.#done);
    const isOver = ({ assembly: { store } }: VirtualMember): boolean =>
      [...store.leases.all()].every(({ ttlSeconds }) => ttlSeconds > 10);
    await time.until('short leases have ended', () => members.every(isOver));
  }

  async #live(): Promise<void> {
    const [random, { members, time }] = [this.#random, this.#cluster];
    let newest = 0n;
    for (let id = 1n; this.#running;) {
      await new Promise<void>((resolve) => time.schedule(random.next() * 2 * PACE_MS, resolve));
      const member = members[randomInteger(random, 0, members.length)];
      if (!this.#running || member === undefined || member.dead) continue;
      const drawn = randomInteger(random, 0, 6);
      const lease = wireLeaseId(drawn === 0 ? id : newest);
      if (drawn === 0) {
        const TTL = TTLS[randomInteger(random, 0, TTLS.length)] ?? 1;
        if (!(await this.#call(member, 'Lease/LeaseGrant', p.LeaseGrantRequest.encode({ ID: lease, TTL })))) continue;
        this.granted++;
        newest = id++;
      } else if (drawn === 1) {
        await this.#call(member, 'Lease/LeaseRevoke', p.LeaseRevokeRequest.encode({ ID: lease }));
      } else {
        const key = Buffer.from(`leased ${randomInteger(random, 0, 5)}`);
        await this.#call(member, 'KV/Put', p.PutRequest.encode({ key, lease }));
      }
    }
  }

  async #call(member: VirtualMember, method: string, body: { finish(): Uint8Array }): Promise<boolean> {
    const token = this.#tokens.get(member);
    const metadata = token === undefined ? {} : { token };
    const result = await member.call(`/etcdserverpb.${method}`, body.finish(), metadata);
    if (result.kind === 'ok') return true;
    if (!needsLogIn(result.status.message)) return false;
    const login = p.AuthenticateRequest.encode({ name: ROOT, password: PASSWORD }).finish();
    const answer = await member.call('/etcdserverpb.Auth/Authenticate', login, {});
    if (answer.kind === 'ok') this.#tokens.set(member, p.AuthenticateResponse.decode(answer.body).token);
    return false;
  }
}
