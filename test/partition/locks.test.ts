import { expect } from 'chai';
import { etcdserverpb, v3lockpb } from '../../src/gen/proto.js';
import { wireLeaseId } from '../../src/kv/leases/leases.js';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { randomInteger, seededRandom, type Random } from '../../src/util/random.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { grantLease, keepAlive } from '../support/virtual-leases.js';
import type { VirtualMember } from '../support/virtual-member.js';
import { inflict, type Fault } from './nemesis.js';

const { LockRequest, LockResponse, UnlockRequest } = v3lockpb;
const { TxnRequest, TxnResponse } = etcdserverpb;

/** A write of a lock's holder: the fencing token, and the revision of the write. */
interface Guarded {
  readonly token: number;
  readonly revision: number;
}

/** Clients that lock, write while they believe that they hold the lock, and unlock, through random members. */
class Lockers {
  readonly writes: Guarded[] = [];
  turns = 0;
  readonly #cluster: VirtualCluster;
  readonly #random: Random;
  readonly #clients: Promise<void>[];
  #running = true;

  constructor({ cluster, random, clients }: { cluster: VirtualCluster; random: Random; clients: number }) {
    this.#cluster = cluster;
    this.#random = random;
    this.#clients = Array.from({ length: clients }, () => this.#client());
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#cluster.time.wait(Promise.all(this.#clients), 120_000);
  }

  async #client(): Promise<void> {
    while (this.#running) {
      await this.#pause(500);
      const granted = await grantLease(this.#member(), 3);
      if (granted.kind === 'failed') continue;
      const renewing = this.#renew(granted.id);
      const request = LockRequest.encode({ name: Buffer.from('lock'), lease: wireLeaseId(granted.id) }).finish();
      const locked = await this.#member().call('/v3lockpb.Lock/Lock', request);
      if (locked.kind === 'ok') await this.#work(LockResponse.decode(locked.body).key);
      renewing.stop();
    }
  }

  async #work(key: Uint8Array): Promise<void> {
    this.turns++;
    for (let writes = randomInteger(this.#random, 1, 4); writes > 0; writes--) {
      await this.#write(key);
      await this.#pause(200);
    }
    await this.#member().call('/v3lockpb.Lock/Unlock', UnlockRequest.encode({ key }).finish());
  }

  /** Applies only while the lock's key exists; its create revision is the token. */
  async #write(key: Uint8Array): Promise<void> {
    const { CompareTarget, CompareResult } = etcdserverpb.Compare;
    const request = TxnRequest.encode({
      compare: [{ key, target: CompareTarget.CREATE, result: CompareResult.GREATER, createRevision: 0 }],
      success: [{ requestRange: { key } }, { requestPut: { key: Buffer.from('guarded') } }],
    }).finish();
    const result = await this.#member().call('/etcdserverpb.KV/Txn', request);
    if (result.kind === 'error') return;
    const { succeeded, responses, header } = TxnResponse.decode(result.body);
    if (!succeeded) return;
    const token = clampInteger(responses[0]?.responseRange?.kvs?.[0]?.createRevision);
    this.writes.push({ token, revision: clampInteger(header?.revision) });
  }

  #renew(id: bigint): { stop(): void } {
    const renewal = { goesOn: true };
    const run = async (): Promise<void> => {
      while (renewal.goesOn && this.#running) {
        await this.#pause(500);
        await keepAlive(this.#member(), id);
      }
    };
    this.#clients.push(run());
    return { stop: () => void (renewal.goesOn = false) };
  }

  #member(): VirtualMember {
    const { members } = this.#cluster;
    return defined(members[randomInteger(this.#random, 0, members.length)], 'a member');
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#cluster.time.schedule(this.#random.next() * 2 * ms, resolve));
  }
}

const FAULTS: readonly Fault[] = ['leader-alone', 'kill-leader', 'pause-leader', 'transfer', 'lossy', 'power-loss-one'];

describe('locks in a cluster', () => {
  const seed = Number(process.env['SEED'] ?? 5);
  for (const at of [0, 1, 2]) {
    it(`have one holder at a time under faults (SEED=${seed + at})`, async () => {
      const random = seededRandom(seed + at);
      const cluster = new VirtualCluster({ members: 3, seed: seed + at, requestMs: 3000 });
      await cluster.start();
      const lockers = new Lockers({ cluster, random, clients: 5 });
      for (let round = 0; round < 10; round++) {
        const fault = defined(FAULTS[randomInteger(random, 0, FAULTS.length)], 'a fault');
        const undo = await inflict(cluster, fault, random);
        await cluster.time.advance(500 + random.next() * 3_000);
        await undo();
        await cluster.time.advance(1_000 + random.next() * 3_000);
      }
      await cluster.leader();
      await lockers.stop();
      expect(lockers.turns, 'it saw something').to.be.above(10);
      // Writers hold the lock: in the order of the writes, tokens never decrease.
      const tokens = lockers.writes.sort((left, right) => left.revision - right.revision).map(({ token }) => token);
      expect(tokens).to.deep.equal([...tokens].sort((left, right) => left - right));
      await cluster.stop();
    }).timeout(300_000);
  }
});
