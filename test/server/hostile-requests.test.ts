import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Client } from '@grpc/grpc-js';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../src/gen/proto.js';
import { Code } from '../../src/rpc/status.js';
import { randomInteger, seededRandom, type Random } from '../../src/util/random.js';
import { expectOk, revisionOf } from '../support/etcd-client.js';
import { METHODS, nestedTransactions, numberCases } from './hostile-requests.js';
import { endpointOf, LoneMember } from './lone-member.js';
import { rawCall, rawClient, type RawAnswer } from '../support/raw-client.js';
import { bytesField, numberField } from './raw-proto.js';

const MIB = 1024 * 1024;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Concurrent calls. */
const BURST = 500;

const PUT = '/etcdserverpb.KV/Put';
const RANGE = '/etcdserverpb.KV/Range';
const TXN = '/etcdserverpb.KV/Txn';

/** A read that waits for a future revision. */
const WAIT = Buffer.concat([bytesField(1, Buffer.from('c')), numberField(1002, 10n ** 12n)]);

/**
 * Valid results of a request that was decoded, whatever its numbers. A wait for a future revision ends by the deadline.
 */
const PROPER_ENDS: readonly number[] = [
  Code.OK,
  Code.INVALID_ARGUMENT,
  Code.NOT_FOUND,
  Code.FAILED_PRECONDITION, // in a field of 64 bits, 2^63 is −2^63: the second lease of the two exists already
  Code.OUT_OF_RANGE,
  Code.DEADLINE_EXCEEDED,
  Code.UNKNOWN, // etcd's code for errors of locks and elections
];

describe('a member survives', function () {
  this.timeout(300_000);
  let lone: LoneMember;

  beforeEach(async () => {
    // Warnings about slow calls are acceptable: the duration of a burst of some thousand calls depends on the machine.
    lone = await LoneMember.start({ 'warning-unary-request-duration': '1h', 'warning-apply-duration': '1h' });
  });

  afterEach(() => lone.dispose());

  /** Checks that the member takes a write, reads it back, and has logged no warning. */
  async function unharmed(): Promise<void> {
    const put = expectOk(await lone.client.put('alive', 'yes'));
    const { kvs } = expectOk(await lone.client.get('alive'));
    expect(kvs.map(({ value, modRevision }) => [String(value), Number(modRevision)])).to.deep.equal([
      ['yes', revisionOf(put)],
    ]);
    const loud = lone.logger.lines.filter(({ level }) => level === 'error' || level === 'warn');
    expect(loud).to.deep.equal([]);
  }

  it('any number in any field, however large, small or unknown', async () => {
    const cases = numberCases();
    const fields = new Set(cases.map(({ what }) => what.replace(/=.*/, '')));
    expect(fields).to.include.members([
      '/etcdserverpb.KV/Range limit',
      '/etcdserverpb.KV/Txn compare.lease',
      '/etcdserverpb.KV/Txn success.requestTxn.failure.requestPut.lease',
      '/etcdserverpb.Maintenance/HashKV revision',
    ]);
    const waits = (what: string): boolean => what.includes('atLeastRevision');
    const answers: (RawAnswer & { readonly what: string })[] = [];
    // In bursts: all calls at once would exceed their deadlines on a busy machine.
    for (let at = 0; at < cases.length; at += BURST) {
      const burst = cases.slice(at, at + BURST).map(async ({ path, what, body }) => ({
        what,
        ...(await lone.raw(path, body, { timeoutMs: waits(what) ? 500 : 15_000 })),
      }));
      answers.push(...(await Promise.all(burst)));
    }
    const improper = answers.filter(({ code }) => !PROPER_ENDS.includes(code));
    expect(improper.map(({ what, code, details }) => ({ what, code, details }))).to.deep.equal([]);
    const late = answers.filter(({ code }) => code === Code.DEADLINE_EXCEEDED);
    expect(late.filter(({ what }) => !waits(what))).to.deep.equal([]);
    await unharmed();
  });

  it('empty messages', async () => {
    const answers = await Promise.all(METHODS.map(({ path }) => lone.raw(path, Buffer.alloc(0))));
    expect(METHODS.map(({ path }, i) => [path, answers[i]?.details])).to.deep.equal([
      [RANGE, 'etcdserver: key is not provided'],
      [PUT, 'etcdserver: key is not provided'],
      ['/etcdserverpb.KV/DeleteRange', 'etcdserver: key is not provided'],
      [TXN, ''],
      ['/etcdserverpb.KV/Compact', ''],
      ['/etcdserverpb.Lease/LeaseGrant', ''],
      ['/etcdserverpb.Lease/LeaseRevoke', 'etcdserver: requested lease not found'],
      ['/etcdserverpb.Lease/LeaseTimeToLive', ''],
      ['/etcdserverpb.Lease/LeaseLeases', ''],
      ['/v3lockpb.Lock/Unlock', 'etcdserver: key is not provided'],
      ['/v3electionpb.Election/Proclaim', '"leader" field must be provided'],
      ['/v3electionpb.Election/Leader', 'election: no leader'],
      ['/v3electionpb.Election/Resign', '"leader" field must be provided'],
      ['/etcdserverpb.Cluster/MemberList', ''],
      ['/etcdserverpb.Maintenance/Status', ''],
      ['/etcdserverpb.Maintenance/HashKV', ''],
      ['/raftkvpb.Hot/Top', ''],
      ['/grpc.health.v1.Health/Check', ''],
    ]);
    await unharmed();
  });

  it(`bytes that are no message, or half of one (SEED=${SEED})`, async () => {
    const field = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.constantFrom(64, 1000, 1001, 1002, 2 ** 29 - 1));
    const { message } = fc.letrec<{ message: Buffer; part: Buffer }>((tie) => ({
      part: fc.oneof(
        { depthSize: 'medium' },
        fc.tuple(field, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n })).map(([id, n]) => numberField(id, n)),
        fc.tuple(field, fc.uint8Array({ maxLength: 20 })).map(([id, bytes]) => bytesField(id, bytes)),
        fc.tuple(field, tie('message')).map(([id, inner]) => bytesField(id, inner)),
        fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
      ),
      message: fc.array(tie('part'), { maxLength: 8 }).map((parts) => Buffer.concat(parts)),
    }));
    const request = fc.record({
      method: fc.constantFrom(...METHODS),
      body: fc.tuple(message, fc.option(fc.nat(40))).map(([whole, cut]) => whole.subarray(0, cut ?? whole.length)),
    });
    const codes = new Set<number>();
    const burst = fc.asyncProperty(fc.array(request, { minLength: 40, maxLength: 80 }), async (requests) => {
      const answers = await Promise.all(
        requests.map(({ method, body }) => lone.raw(method.path, body, { timeoutMs: 500 })),
      );
      for (const { code } of answers) codes.add(code);
      // INTERNAL is the answer to undecodable requests; the log distinguishes it from a failed handler.
      expect(answers.filter(({ code }) => ![...PROPER_ENDS, Code.INTERNAL].includes(code))).to.deep.equal([]);
      expect(lone.logger.messages('error')).to.deep.equal([]);
    });
    await fc.assert(burst, { seed: SEED, numRuns: 30 });
    expect([...codes]).to.include.members([Code.OK, Code.INVALID_ARGUMENT, Code.INTERNAL]);
    await unharmed();
  });

  it('nested transactions, however deep', async () => {
    for (const levels of [20, 49, 50, 127]) {
      expect((await lone.raw(TXN, nestedTransactions(levels))).code, `${levels} levels`).to.equal(Code.OK);
    }
    // From 50 levels on they were refused as malformed, where etcd applies the limit of operations.
    for (const levels of [130, 200, 290]) {
      const { details } = await lone.raw(TXN, nestedTransactions(levels));
      expect(details).to.equal('etcdserver: too many operations in txn request');
    }
    for (const levels of [49, 50, 51, 99, 100, 101, 127, 128, 129, 1_000, 10_000, 150_000]) {
      const { code } = await lone.raw(TXN, nestedTransactions(levels));
      expect(code, `${levels} levels`).to.be.oneOf([Code.OK, Code.INVALID_ARGUMENT, Code.INTERNAL]);
    }
    const startOfGroup = 0x0b;
    for (const { path } of METHODS) {
      const { code } = await lone.raw(path, Buffer.alloc(MIB, startOfGroup));
      expect(code, path).to.equal(Code.INTERNAL);
    }
    await unharmed();
  });

  it('requests over the limit, and keys and values at the limit', async () => {
    const tooLarge = { code: Code.INVALID_ARGUMENT, details: 'etcdserver: request is too large' };
    const limit = 1.5 * MIB;
    const put = (keySize: number, valueSize: number): Buffer =>
      Buffer.concat([bytesField(1, Buffer.alloc(keySize, 'k')), bytesField(2, Buffer.alloc(valueSize, 'v'))]);
    const framing = put(1, limit).length - limit - 1;

    for (const body of [put(1, limit - 1 - framing), put(limit - 1 - framing, 1)]) {
      expect(body.length).to.equal(limit);
      expect((await lone.raw(PUT, body)).code).to.equal(Code.OK);
    }
    const over: [string, Buffer][] = [
      [PUT, put(1, limit - framing)],
      [PUT, put(limit - framing, 1)],
      ['/etcdserverpb.KV/DeleteRange', bytesField(1, Buffer.alloc(limit))],
      [TXN, bytesField(2, bytesField(2, put(1, limit)))],
    ];
    const before = lone.member.status().lastIndex;
    for (const [path, body] of over) {
      const { code, details } = await lone.raw(path, body);
      expect({ path, code, details }).to.deep.equal({ path, ...tooLarge });
    }
    expect(lone.member.status().lastIndex, 'none of them reached the log').to.equal(before);

    expect((await lone.raw(RANGE, bytesField(1, Buffer.alloc(limit + MIB / 4)))).code, 'a read').to.equal(Code.OK);
    for (const { path } of METHODS) {
      const { code, details } = await lone.raw(path, Buffer.alloc(2 * MIB + 1));
      expect({ path, code, details }).to.deep.equal({
        path,
        code: Code.RESOURCE_EXHAUSTED,
        details: `grpc: received message larger than max (${2 * MIB + 1} vs. ${2 * MIB})`,
      });
    }
    await unharmed();
  });

  it('the widest transaction that fits into a request', async () => {
    const empties = (field: number, count: number): Buffer =>
      Buffer.alloc(2 * count, bytesField(field, Buffer.alloc(0)));
    for (const field of [1, 2, 3]) {
      const { code, details } = await lone.raw(TXN, empties(field, 700_000));
      expect({ code, details }).to.deep.equal({
        code: Code.INVALID_ARGUMENT,
        details: 'etcdserver: too many operations in txn request',
      });
    }
    await unharmed();
  });

  describe('clients that disconnect', () => {
    /** Starts a number of calls on the connection, and cancels each within 30 ms. */
    async function giveUp(client: Client, calls: number, random: Random): Promise<RawAnswer[]> {
      const put = etcdserverpb.PutRequest.encode({ key: Buffer.from('c'), value: Buffer.alloc(100) }).finish();
      const range = etcdserverpb.RangeRequest.encode({ key: Buffer.from('c') }).finish();
      const requests = [
        { path: PUT, body: put },
        { path: RANGE, body: range },
        { path: RANGE, body: WAIT },
      ];
      return Promise.all(
        Array.from({ length: calls }, (_, i) => {
          const given = new AbortController();
          setTimeout(() => given.abort(), randomInteger(random, 0, 30));
          const { path, body } = requests[i % 3] ?? { path: RANGE, body: WAIT };
          return rawCall(client, path, body, { signal: given.signal });
        }),
      );
    }

    it(`in the middle of a call, by the thousand (SEED=${SEED})`, async () => {
      const random = seededRandom(SEED);
      let cancelled = 0;
      for (let burst = 0; burst < 6; burst++) {
        const client = rawClient(endpointOf(lone.member));
        for (const { code, details } of await giveUp(client, 600, random)) {
          expect(code, details).to.be.oneOf([Code.OK, Code.CANCELLED]);
          if (code === Code.CANCELLED) cancelled++;
        }
        client.close();
      }
      expect(cancelled, 'calls that were really given up').to.be.at.least(6 * 200);
      await unharmed();
    });

    // Node's HTTP/2 closes a connection whose client resets more than a thousand streams at once (its fix for
    // CVE-2023-44487); only that client is affected.
    it(`by resets of streams until the connection is closed, with no effect on other clients (SEED=${SEED})`, async () => {
      const client = rawClient(endpointOf(lone.member));
      const ended = await giveUp(client, 3_000, seededRandom(SEED));
      expect(ended.filter(({ code }) => code === Code.CANCELLED).length).to.be.at.least(1_000);
      await unharmed();
      expect((await rawCall(client, PUT, bytesField(1, Buffer.from('back')))).code).to.equal(Code.OK);
      client.close();
    });

    it('while their calls wait', async () => {
      for (let round = 0; round < 5; round++) {
        const client = rawClient(endpointOf(lone.member));
        // Once one of its calls is answered, it is connected and its other calls have arrived.
        for (let i = 0; i < 200; i++) void rawCall(client, RANGE, WAIT, { timeoutMs: 60_000 });
        expect((await rawCall(client, RANGE, bytesField(1, Buffer.from('c')))).code).to.equal(Code.OK);
        client.close();
      }
      await unharmed();
    });

    it('in the middle of a request', async () => {
      const [host = '', port] = endpointOf(lone.member).split(':');
      const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
      const whole = Buffer.concat([preface, settings, Buffer.from([0, 1, 0, 1, 4, 0, 0, 0, 1, 0x83, 0x86])]);
      for (let sent = 0; sent <= whole.length; sent++) {
        const socket = connect(Number(port), host);
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(whole.subarray(0, sent));
        if (sent % 2 === 0) socket.destroy();
        else socket.resetAndDestroy();
      }
      await unharmed();
    });
  });

  it('all of this without a growth of memory', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // Twice: memory that the first collection finds unused is released by the second.
    const usedBytes = async (): Promise<number> => {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const tooLarge = bytesField(1, Buffer.alloc(1.5 * MIB + 1));
    const garbage = Buffer.alloc(100_000, 0xff);
    const storm = async (): Promise<void> => {
      for (let round = 0; round < 10; round++) {
        const given = Array.from({ length: 100 }, () => new AbortController());
        const waiting = given.map(({ signal }) => lone.raw(RANGE, WAIT, { signal }));
        await Promise.all([
          ...Array.from({ length: 4 }, () => lone.raw(PUT, tooLarge)),
          ...Array.from({ length: 10 }, () => lone.raw(TXN, garbage)),
        ]);
        for (const call of given) call.abort();
        await Promise.all(waiting);
      }
    };
    await storm();
    const beforeBytes = await usedBytes();
    await storm();
    const grownBytes = (await usedBytes()) - beforeBytes;
    // One storm sends more than 60 MiB.

    expect(grownBytes).to.be.below(16 * MIB);
    await unharmed();
  });
});
