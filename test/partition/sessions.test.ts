import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb, raftkvpb } from '../../src/gen/proto.js';
import { checkDelete, checkPut, checkTxn, isReadOnlyTxn } from '../../src/kv/commands/checks.js';
import { putShape } from '../../src/kv/format/put-request.js';
import { kvError, type KvErrorKind } from '../../src/kv/errors.js';
import type { SessionCall } from '../../src/kv/sessions/session-call.js';
import { statusOf } from '../../src/server/requests/errors.js';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { randomInteger } from '../../src/util/random.js';
import { decodeAnswer } from '../kv/support/answers.js';
import { expected, type Compared } from '../kv/support/compared.js';
import { encode } from '../kv/support/fixture.js';
import { Model } from '../kv/support/model.js';
import { LEASES } from '../kv/support/requests.js';
import { SessionModel } from '../kv/support/session-model.js';
import { write, type Write } from '../kv/support/writes.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import type { CallResult, VirtualMember } from '../support/virtual-member.js';
import { inflict, type Fault } from './nemesis.js';
import { expectSameState } from './storm.js';

const MEMBERS = 3;
const WRITES = 120;
/** Attempts of one write. The longest fault ends before half of them. */
const ATTEMPTS = 40;
const FAULTS: readonly Fault[] = [
  'leader-alone',
  'kill-leader',
  'power-loss-one',
  'power-loss-all',
  'pause-leader',
  'lossy',
];
const LEASE_SECONDS = 1_000_000;
const SESSION_TTL_SECONDS = 86_400;
const UNAVAILABLE = 14;

const PATHS: Readonly<Record<string, string>> = {
  put: '/etcdserverpb.KV/Put',
  deleteRange: '/etcdserverpb.KV/DeleteRange',
  txn: '/etcdserverpb.KV/Txn',
  compaction: '/etcdserverpb.KV/Compact',
  leaseGrant: '/etcdserverpb.Lease/LeaseGrant',
  leaseRevoke: '/etcdserverpb.Lease/LeaseRevoke',
};

/** Leases that last for the whole run, whatever the members' clocks do. */
const leaseWrite: fc.Arbitrary<Write> = fc.constantFrom(
  ...LEASES.flatMap((id): Write[] => {
    const request = encode.leaseGrant(id, LEASE_SECONDS)[1];
    const grant = etcdserverpb.LeaseGrantRequest.decode(request);
    return [
      { kind: 'leaseGrant', request, ask: (model) => model.leaseGrant(grant) },
      { kind: 'leaseRevoke', request: encode.leaseRevoke(id)[1], ask: (model) => model.leaseRevoke(id) },
    ];
  }),
);

/** Whether a member proposes it: refused requests have no result, and reads of a transaction are made again. */
function isProposed({ kind, request }: Write): boolean {
  if (kind === 'put') return checkPut(putShape(request)) === undefined;
  if (kind === 'deleteRange') return checkDelete(etcdserverpb.DeleteRangeRequest.decode(request)) === undefined;
  if (kind === 'compaction') return true;
  if (kind !== 'txn') return false;
  const txn = etcdserverpb.TxnRequest.decode(request);
  return checkTxn(txn) === undefined && !isReadOnlyTxn(txn);
}

/** One client that sends random writes, and each of them again. */
class Repeater {
  readonly cluster: VirtualCluster;
  readonly model = new Model([]);
  readonly #sessions = new SessionModel(this.model);
  readonly #sent: { readonly write: Write; readonly call: SessionCall }[] = [];
  #id = 0;
  #fault: { readonly undo: () => Promise<void>; readonly endsMs: number } | undefined;
  /** Calls without an answer. */
  lost = 0;
  repeats = 0;

  constructor(cluster: VirtualCluster) {
    this.cluster = cluster;
  }

  async open(): Promise<void> {
    const body = raftkvpb.SessionOpenRequest.encode({ ttlSeconds: SESSION_TTL_SECONDS }).finish();
    const { members, time } = this.cluster;
    const result = await time.wait(defined(members[0], 'a member').call('/raftkvpb.Session/Open', body));
    if (result.kind !== 'ok') throw new Error(result.status.message);
    this.#id = clampInteger(raftkvpb.SessionOpenResponse.decode(result.body).session);
    this.#sessions.open(this.#id);
  }

  /** Sends a new write until it is answered, and then some earlier ones. */
  async next(write: Write): Promise<void> {
    const sequence = this.#sent.length + 1;
    const acknowledged = this.#draw(4) === 0 ? Math.max(1, sequence - this.#draw(6)) : 1;
    this.#sent.push({ write, call: { session: this.#id, sequence, acknowledged } });
    await this.#untilAnswered(sequence);
    while (this.#draw(2) === 0) {
      this.repeats += 1;
      await this.#untilAnswered(sequence - this.#draw(Math.min(sequence, 8)));
    }
  }

  /** Begins a fault, which ends between two attempts. */
  async suffer(fault: Fault): Promise<void> {
    await this.recover();
    const { cluster } = this;
    const undo = await inflict(cluster, fault, cluster.random);
    this.#fault = { undo, endsMs: cluster.time.nowMs + this.#draw(2_000) };
  }

  /** Ends the fault, if there is one. */
  async recover(): Promise<void> {
    const fault = this.#fault;
    this.#fault = undefined;
    await fault?.undo();
  }

  async #untilAnswered(sequence: number): Promise<void> {
    const { write, call } = defined(this.#sent[sequence - 1], 'a write');
    const wanted = this.#sessions.write(call, () => expected(this.model, write.ask));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (this.#fault !== undefined && this.cluster.time.nowMs >= this.#fault.endsMs) await this.recover();
      const member = this.#anyMember();
      const result = member === undefined ? undefined : await this.#ask(member, write, call);
      // Some answers are lost on the way.
      if (result !== undefined && this.#draw(3) > 0) {
        expect(shown(write, result)).to.deep.equal(inWire(wanted));
        return;
      }
      this.lost += 1;
      await this.cluster.time.advance(100);
    }
    throw new Error(`the write ${sequence} has no answer`);
  }

  /** @returns undefined without an answer that settles the write */
  async #ask(member: VirtualMember, write: Write, call: SessionCall): Promise<CallResult | undefined> {
    const { time } = this.cluster;
    const session = etcdserverpb.PutRequest.encode({ session: call }).finish();
    const path = defined(PATHS[write.kind], 'a path');
    const answered: CallResult[] = [];
    void member.call(path, Buffer.concat([write.request, session])).then((result) => answered.push(result));
    for (let waits = 0; waits < 20 && answered.length === 0; waits++) await time.advance(25);
    const [result] = answered;
    return result?.kind === 'error' && result.status.code === UNAVAILABLE ? undefined : result;
  }

  #anyMember(): VirtualMember | undefined {
    const running = this.cluster.members.filter((member) => member.running);
    return running[this.#draw(Math.max(1, running.length))];
  }

  #draw(below: number): number {
    return randomInteger(this.cluster.random, 0, below);
  }
}

type Shown = { readonly revision: number; readonly answer: unknown } | { readonly error: string };

function shown({ kind }: Write, result: CallResult): Shown {
  if (result.kind === 'error') return { error: result.status.message };
  const { header } = etcdserverpb.PutResponse.decode(result.body);
  return { revision: clampInteger(header?.revision), answer: decodeAnswer[kind](result.body) };
}

/** An answer of the model, as a member sends it. */
function inWire(wanted: Compared): Shown {
  if (wanted.kind === 'error') return { error: statusOf(kvError(wanted.error.kind as KvErrorKind)).message };
  return { revision: wanted.revision, answer: wanted.answer };
}

describe('random writes that are sent again to a cluster with faults', () => {
  for (const seed of [1, 2, 3]) {
    it(`are applied once and answered as at first (seed ${seed})`, async () => {
      const cluster = new VirtualCluster({
        members: MEMBERS,
        seed,
        requestMs: 400,
        node: { snapshotCount: 40, logTailEntries: 10, logFlushBytes: 0 },
      });
      await cluster.start();
      const repeater = new Repeater(cluster);
      await repeater.open();
      const arbitrary = fc.oneof(
        { weight: 1, arbitrary: leaseWrite },
        { weight: 8, arbitrary: write.filter(isProposed) },
      );
      const writes = fc.sample(arbitrary, { seed, numRuns: WRITES });
      for (const [at, one] of writes.entries()) {
        if (at % 6 === 5)
          await repeater.suffer(defined(FAULTS[randomInteger(cluster.random, 0, FAULTS.length)], 'a fault'));
        await repeater.next(one);
      }
      await repeater.recover();
      cluster.heal();
      await cluster.leader();
      await expectSameState(cluster);
      await cluster.stop();
      expect([repeater.lost > WRITES / 3, repeater.repeats > WRITES / 2]).to.deep.equal([true, true]);
    }).timeout(60_000);
  }
});
