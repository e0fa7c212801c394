import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { defined } from '../../../src/util/assert.js';
import { clampInteger } from '../../../src/util/integer.js';
import { expectOk, revisionOf } from '../../support/etcd-client.js';
import type { RawAnswer } from '../../support/raw-client.js';
import { LoneMember } from '../lone-member.js';
import { numberField } from '../raw-proto.js';

const { RangeRequest, RangeResponse, TxnRequest, TxnResponse, ReadLevel } = etcdserverpb;
type RangeFields = etcdserverpb.RangeRequest.$Properties;
type TxnFields = etcdserverpb.TxnRequest.$Properties;

const KEY = Buffer.from('k');
const READ_KEY = { requestRange: { key: KEY } };
const FAR_REVISION = 1_000_000;
const READ_LEVEL_FIELD = 1000;
const AT_LEAST_REVISION_FIELD = 1002;

/** The names of the freshness fields in a header or in trailers. */
const FRESHNESS_FIELDS = ['appliedIndex', 'knownLeader', 'lastContactMs', 'stalenessMs'] as const;
const FRESHNESS_TRAILERS = [
  'raftkv-applied-index',
  'raftkv-known-leader',
  'raftkv-last-contact-ms',
  'raftkv-staleness-ms',
];

describe('the read levels of a member', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start();
    expectOk(await lone.client.put('k', 'v'));
  });

  after(() => lone.dispose());

  const range = (fields: RangeFields, metadata: Record<string, string> = {}, timeoutMs = 5_000): Promise<RawAnswer> =>
    lone.raw('/etcdserverpb.KV/Range', RangeRequest.encode({ key: KEY, ...fields }).finish(), { metadata, timeoutMs });

  /** A range of the key with an additional field that the generated encoder would not write. */
  const rangeWith = (field: Uint8Array, timeoutMs = 5_000): Promise<RawAnswer> =>
    lone.raw('/etcdserverpb.KV/Range', Buffer.concat([RangeRequest.encode({ key: KEY }).finish(), field]), {
      timeoutMs,
    });

  const txn = (fields: TxnFields, metadata: Record<string, string> = {}, timeoutMs = 5_000): Promise<RawAnswer> =>
    lone.raw('/etcdserverpb.KV/Txn', TxnRequest.encode(fields).finish(), { metadata, timeoutMs });

  function headerOf(answer: RawAnswer): etcdserverpb.ResponseHeader.$Properties {
    expect(answer.code, answer.details).to.equal(Code.OK);
    return defined(RangeResponse.decode(answer.body).header, 'the header');
  }

  function expectFreshHeader(header: etcdserverpb.ResponseHeader.$Properties): void {
    expect(FRESHNESS_FIELDS.filter((name) => Object.hasOwn(header, name))).to.deep.equal(FRESHNESS_FIELDS);
    expect(header.knownLeader).to.equal(true);
    expect(clampInteger(header.lastContactMs)).to.equal(0);
    expect(clampInteger(header.appliedIndex)).to.be.at.least(1);
    expect(clampInteger(header.stalenessMs)).to.be.within(0, 1_000);
  }

  /** etcd's header has four fields, in this order, each a varint. */
  function plainHeader(header: etcdserverpb.ResponseHeader.$Properties): Uint8Array {
    const { clusterId = 0, memberId = 0, revision = 0, raftTerm = 0 } = header;
    return etcdserverpb.ResponseHeader.encode({ clusterId, memberId, revision, raftTerm }).finish();
  }

  describe('without an extension', () => {
    for (const serializable of [false, true]) {
      it(`answers in exactly etcd's bytes (serializable ${serializable})`, async () => {
        const answer = await range({ serializable });
        const header = headerOf(answer);
        const kvs = [{ key: KEY, createRevision: 2, modRevision: 2, version: 1, value: Buffer.from('v') }];
        const expected = RangeResponse.encode({
          header: etcdserverpb.ResponseHeader.decode(plainHeader(header)),
          kvs,
          count: 1,
        }).finish();
        expect(answer.body.toString('hex')).to.equal(Buffer.from(expected).toString('hex'));
        expect(answer.trailers).to.deep.equal({});
      });
    }

    it("answers a transaction in exactly etcd's bytes", async () => {
      const answer = await txn({ success: [READ_KEY] });
      const { header } = TxnResponse.decode(answer.body);
      expect(FRESHNESS_FIELDS.filter((name) => Object.hasOwn(defined(header, 'header'), name))).to.deep.equal([]);
      expect(answer.trailers).to.deep.equal({});
    });
  });

  describe('in the request field', () => {
    for (const name of ['DEFAULT', 'CONSISTENT', 'STALE'] as const) {
      it(`${name} is served, with the freshness in the header only`, async () => {
        for (const serializable of [false, true]) {
          const answer = await range({ readLevel: ReadLevel[name], serializable });
          expectFreshHeader(headerOf(answer));
          expect(answer.trailers).to.deep.equal({});
          expect(RangeResponse.decode(answer.body).kvs.map((kv) => String(kv.value))).to.deep.equal(['v']);
        }
      });
    }

    it('is refused if unknown', async () => {
      for (const level of [4, -1, 1000, 2 ** 31 - 1, -(2 ** 31)]) {
        const { code, details } = await rangeWith(numberField(READ_LEVEL_FIELD, level));
        expect({ code, details }).to.deep.equal({
          code: Code.INVALID_ARGUMENT,
          details: `raftkv: unknown read level ${level}`,
        });
      }
    });
  });

  describe('in metadata', () => {
    for (const name of ['default', 'consistent', 'stale', 'STALE']) {
      it(`${name} is served, with the freshness in the trailers only`, async () => {
        const answer = await range({}, { 'raftkv-read-level': name });
        const header = headerOf(answer);
        expect(FRESHNESS_FIELDS.filter((field) => Object.hasOwn(header, field))).to.deep.equal([]);
        expect(Object.keys(answer.trailers).sort()).to.deep.equal(FRESHNESS_TRAILERS);
        expect(answer.trailers['raftkv-known-leader']).to.equal('true');
        expect(Number(answer.trailers['raftkv-applied-index'])).to.be.at.least(1);
        expect(Number(answer.trailers['raftkv-staleness-ms'])).to.be.within(0, 1_000);
      });
    }

    it('is refused if unknown', async () => {
      const { code, details } = await range({}, { 'raftkv-read-level': 'eventual' });
      expect({ code, details }).to.deep.equal({
        code: Code.INVALID_ARGUMENT,
        details: 'raftkv: raftkv-read-level: must be default, consistent or stale',
      });
    });

    it('and in the field is answered in header and trailers', async () => {
      const answer = await range({ readLevel: ReadLevel.STALE }, { 'raftkv-read-level': 'stale' });
      expectFreshHeader(headerOf(answer));
      expect(Object.keys(answer.trailers).sort()).to.deep.equal(FRESHNESS_TRAILERS);
    });
  });

  // Only stale reads accept a bound on the age: whether it is accepted shows the level.
  describe('given in several ways', () => {
    const refused = {
      code: Code.INVALID_ARGUMENT,
      details: 'raftkv: max_staleness_ms needs the read level STALE',
    };
    const accepted = { code: Code.OK };
    const cases: [string, RangeFields, Record<string, string>, { code: Code; details?: string }][] = [
      ['the field wins over metadata', { readLevel: ReadLevel.STALE }, { 'raftkv-read-level': 'default' }, accepted],
      ['and the other way round', { readLevel: ReadLevel.DEFAULT }, { 'raftkv-read-level': 'stale' }, refused],
      ['the field wins over `serializable`', { readLevel: ReadLevel.CONSISTENT, serializable: true }, {}, refused],
      ['metadata wins over `serializable`', { serializable: true }, { 'raftkv-read-level': 'consistent' }, refused],
      ['`serializable` alone is stale', { serializable: true }, {}, accepted],
      ['nothing at all is not', {}, {}, refused],
    ];
    for (const [rule, fields, metadata, expected] of cases) {
      it(rule, async () => {
        expect(await range({ ...fields, maxStalenessMs: 5_000 }, metadata)).to.include(expected);
      });
    }
  });

  describe('with a bound on the staleness', () => {
    it('takes the bound from metadata if the field is not set', async () => {
      const answer = await range({}, { 'raftkv-read-level': 'stale', 'raftkv-max-staleness-ms': '5000' });
      expect(Number(answer.trailers['raftkv-staleness-ms'])).to.be.at.most(5_000);
    });

    const wrong: [string, RangeFields, Record<string, string>, string][] = [
      ['a negative age', { maxStalenessMs: -1 }, {}, 'raftkv-max-staleness-ms'],
      ['a negative revision', { atLeastRevision: -1 }, {}, 'raftkv-at-least-revision'],
      ['a negative age in metadata', {}, { 'raftkv-max-staleness-ms': '-1' }, 'raftkv-max-staleness-ms'],
      ['an age that is no number', {}, { 'raftkv-max-staleness-ms': 'old' }, 'raftkv-max-staleness-ms'],
      ['a fraction of a revision', {}, { 'raftkv-at-least-revision': '1.5' }, 'raftkv-at-least-revision'],
    ];
    for (const [what, fields, metadata, name] of wrong) {
      it(`refuses ${what}`, async () => {
        const { code, details } = await range({ readLevel: ReadLevel.STALE, ...fields }, metadata);
        expect({ code, details }).to.deep.equal({
          code: Code.INVALID_ARGUMENT,
          details: `raftkv: ${name}: must be a whole number from 0`,
        });
      });
    }
  });

  describe('with a minimum revision', () => {
    const waits: [string, RangeFields, Record<string, string>][] = [
      ...(['DEFAULT', 'CONSISTENT', 'STALE'] as const).map((name): [string, RangeFields, Record<string, string>] => [
        `at level ${name}`,
        { readLevel: ReadLevel[name] },
        {},
      ]),
      ["at etcd's own level", {}, {}],
      ['by metadata', {}, { 'raftkv-at-least-revision': 'next' }],
    ];
    for (const [how, fields, metadata] of waits) {
      it(`waits for the write that creates it, ${how}`, async () => {
        const next = revisionOf(expectOk(await lone.client.get('k'))) + 1;
        let ended = false;
        const byMetadata = Object.keys(metadata).length > 0;
        const reading = range(
          byMetadata ? fields : { ...fields, atLeastRevision: next },
          byMetadata ? { 'raftkv-at-least-revision': String(next) } : {},
        ).finally(() => (ended = true));
        // Later calls of the same kind have been answered, so this one is waiting.
        for (let asked = 0; asked < 5; asked++) expectOk(await lone.client.get('k'));
        expect(ended).to.equal(false);
        expectOk(await lone.client.put('other', how));
        const answer = await reading;
        expect(answer.code, answer.details).to.equal(Code.OK);
        expect(revisionOf(RangeResponse.decode(answer.body))).to.equal(next);
      });
    }

    it('does not wait for an existing one', async () => {
      const now = revisionOf(expectOk(await lone.client.get('k')));
      for (const atLeastRevision of [1, now]) {
        expectFreshHeader(headerOf(await range({ atLeastRevision, serializable: true })));
      }
    });

    it('fails at the deadline', async () => {
      const startMs = performance.now();
      const { code } = await range({ atLeastRevision: FAR_REVISION, readLevel: ReadLevel.STALE }, {}, 300);
      expect(code).to.equal(Code.DEADLINE_EXCEEDED);
      expect(performance.now() - startMs).to.be.at.least(290);
    });

    it('waits for the largest possible revision as for any other', async () => {
      const { code } = await rangeWith(numberField(AT_LEAST_REVISION_FIELD, 2n ** 63n - 1n), 300);
      expect(code).to.equal(Code.DEADLINE_EXCEEDED);
    });
  });

  describe('of a read-only transaction', () => {
    const nested: TxnFields = { success: [READ_KEY, { requestTxn: { success: [READ_KEY], failure: [READ_KEY] } }] };

    for (const name of ['DEFAULT', 'CONSISTENT', 'STALE'] as const) {
      it(`${name} is served, with the freshness in the outer header`, async () => {
        const answer = await txn({ ...nested, readLevel: ReadLevel[name] });
        expect(answer.code, answer.details).to.equal(Code.OK);
        const { header, responses } = TxnResponse.decode(answer.body);
        expectFreshHeader(defined(header, 'the header'));
        const inner = defined(responses[0]?.responseRange?.header, 'the header of the operation');
        expect(FRESHNESS_FIELDS.filter((field) => Object.hasOwn(inner, field))).to.deep.equal([]);
      });
    }

    it('is taken from metadata', async () => {
      const answer = await txn(nested, { 'raftkv-read-level': 'stale', 'raftkv-max-staleness-ms': '5000' });
      expect(answer.code, answer.details).to.equal(Code.OK);
      expect(Object.keys(answer.trailers).sort()).to.deep.equal(FRESHNESS_TRAILERS);
    });

    it('waits for a revision', async () => {
      const { code } = await txn({ ...nested, atLeastRevision: FAR_REVISION }, {}, 300);
      expect(code).to.equal(Code.DEADLINE_EXCEEDED);
      const next = revisionOf(expectOk(await lone.client.get('k'))) + 1;
      const reading = txn({ ...nested, atLeastRevision: next, readLevel: ReadLevel.STALE });
      expectOk(await lone.client.put('other', 'for a transaction'));
      expect(revisionOf(TxnResponse.decode((await reading).body))).to.equal(next);
    });

    it('is bounded in staleness at level stale only', async () => {
      const { code, details } = await txn({ ...nested, maxStalenessMs: 5_000 });
      expect({ code, details }).to.deep.equal({
        code: Code.INVALID_ARGUMENT,
        details: 'raftkv: max_staleness_ms needs the read level STALE',
      });
    });
  });

  describe('inside a transaction, or of one that writes,', () => {
    const options: [string, Pick<TxnFields, 'readLevel' | 'maxStalenessMs' | 'atLeastRevision'>][] = [
      ['read_level', { readLevel: ReadLevel.STALE }],
      ['max_staleness_ms', { maxStalenessMs: 1 }],
      ['at_least_revision', { atLeastRevision: 1 }],
    ];
    for (const [name, option] of options) {
      const requests: [string, TxnFields][] = [
        ['in a range', { success: [{ requestRange: { key: KEY, ...option } }] }],
        ['in the branch not taken', { failure: [{ requestRange: { key: KEY, ...option } }] }],
        ['on a nested transaction', { success: [{ requestTxn: { success: [READ_KEY], ...option } }] }],
        ['deep in one', { success: [{ requestTxn: { failure: [{ requestRange: { key: KEY, ...option } }] } }] }],
        ['beside a put', { success: [{ requestPut: { key: KEY } }], ...option }],
        [
          'beside a nested delete',
          { failure: [{ requestTxn: { success: [{ requestDeleteRange: { key: KEY } }] } }], ...option },
        ],
      ];
      it(`${name} is an error`, async () => {
        const before = revisionOf(expectOk(await lone.client.get('k')));
        for (const [where, request] of requests) {
          const { code, details } = await txn(request);
          expect({ where, code, details }).to.deep.equal({
            where,
            code: Code.INVALID_ARGUMENT,
            details: 'raftkv: read options belong on a whole request that only reads',
          });
        }
        expect(revisionOf(expectOk(await lone.client.get('k')))).to.equal(before);
      });
    }
  });
});

describe('the staleness of reads on a member without a leader', () => {
  // The second voter never starts, so there is no leader.
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start({
      name: 'a',
      'listen-peer-urls': 'http://127.0.0.1:0',
      'initial-cluster': 'a=http://127.0.0.1:0,b=http://127.0.0.1:1',
      'heartbeat-interval': '20',
      'election-timeout': '100',
    });
  });

  after(() => lone.dispose());

  it('is unknown: the answer has none, and no bound admits it', async () => {
    const { header } = expectOk(await lone.client.get('k', { level: 'stale' }));
    expect(header?.knownLeader).to.equal(false);
    expect(FRESHNESS_FIELDS.filter((name) => Object.hasOwn(header ?? {}, name))).to.deep.equal([
      'appliedIndex',
      'knownLeader',
    ]);
    const huge = await lone.client.get('k', { level: 'stale', maxStalenessMs: Number.MAX_SAFE_INTEGER });
    expect(huge).to.deep.equal({
      kind: 'error',
      code: Code.UNAVAILABLE,
      details: `raftkv: this member's state is of unknown age, more than ${Number.MAX_SAFE_INTEGER} ms`,
    });
  });

  it('is not computed for a plain serializable read', async () => {
    expect(expectOk(await lone.client.get('k', { serializable: true })).kvs).to.deep.equal([]);
  });
});
