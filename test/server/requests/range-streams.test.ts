import { expect } from 'chai';
import type { Client } from '@grpc/grpc-js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { clampInteger } from '../../../src/util/integer.js';
import { expectOk, revisionOf } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { CountingEngine } from '../../kv/support/counting-engine.js';
import { encode, Fixture, memoryHome } from '../../kv/support/fixture.js';
import { Table } from '../../../src/kv/format/layout.js';
import type { StreamMethod } from '../../../src/rpc/service.js';
import { RangeStreams } from '../../../src/server/requests/range-streams.js';
import { READ_STREAM_STALL_MS } from '../../../src/server/requests/read-streams.js';
import { OPEN_ACCESS } from '../../support/open-access.js';
import { VirtualTime } from '../../support/virtual-time.js';
import { endpointOf, LoneMember } from '../lone-member.js';
import { rawClient } from '../../support/raw-client.js';

const { RangeRequest, RangeResponse, RangeStreamResponse, TxnRequest } = etcdserverpb;
const { SortOrder, SortTarget } = RangeRequest;
type Properties = etcdserverpb.RangeRequest.$Properties;

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('RangeStream', () => {
  let lone: LoneMember;
  let client: Client;

  before(async () => {
    lone = await LoneMember.start();
    client = rawClient(endpointOf(lone.member));
    for (let at = 0; at < 20; at++) {
      const puts = Array.from({ length: 40 }, (_, one) => {
        const key = `k${String(at * 40 + one).padStart(4, '0')}`;
        return { requestPut: { key: bytes(key), value: Buffer.alloc(2000, `${(at * 7 + one) % 10}`) } };
      });
      const body = TxnRequest.encode({ success: puts }).finish();
      expect((await lone.raw('/etcdserverpb.KV/Txn', body)).code).to.equal(Code.OK);
    }
    expectOk(await lone.client.put('k0001', 'again'));
  });

  after(async () => {
    client.close();
    await lone.dispose();
  });

  interface Streamed {
    readonly messages: readonly etcdserverpb.RangeResponse.$Properties[];
    readonly code: number;
    readonly details: string;
  }

  function open(request: Properties) {
    return client.makeServerStreamRequest(
      '/etcdserverpb.KV/RangeStream',
      (body: Buffer) => body,
      (body: Buffer) => RangeStreamResponse.decode(body).rangeResponse ?? {},
      Buffer.from(RangeRequest.encode(request).finish()),
    );
  }

  function streamed(request: Properties): Promise<Streamed> {
    const stream = open(request);
    const messages: etcdserverpb.RangeResponse.$Properties[] = [];
    return new Promise((resolve) => {
      stream.on('data', (message: etcdserverpb.RangeResponse.$Properties) => messages.push(message));
      stream.on('error', () => undefined);
      stream.on('status', ({ code, details }: { code: number; details: string }) =>
        setImmediate(() => resolve({ messages, code, details })),
      );
    });
  }

  const all: Properties = { key: bytes('k'), rangeEnd: bytes('l') };
  const encodedAll = RangeRequest.encode(all).finish();
  const requests: Readonly<Record<string, Properties>> = {
    'all of a range': all,
    'a limit': { ...all, limit: 333 },
    'a limit that is not reached': { ...all, limit: 5000 },
    'keys alone': { ...all, keysOnly: true },
    'the number alone': { ...all, countOnly: true },
    'a filter': { ...all, minModRevision: 10, maxModRevision: 12 },
    'a filter and a limit': { ...all, minModRevision: 10, limit: 50 },
    'an older revision': { ...all, revision: 12, limit: 200 },
    'the keys backwards': { ...all, sortOrder: SortOrder.DESCEND, limit: 100 },
    'the order of the values': { ...all, sortTarget: SortTarget.VALUE, sortOrder: SortOrder.ASCEND, limit: 700 },
    'one key': { key: bytes('k0001') },
    'a key that is not there': { key: bytes('x') },
    nothing: { key: bytes('l'), rangeEnd: bytes('k') },
  };
  for (const [what, request] of Object.entries(requests)) {
    it(`returns the answer of Range in pieces: ${what}`, async () => {
      const { messages, code } = await streamed(request);
      expect(code).to.equal(Code.OK);
      const whole = RangeResponse.decode(
        (await lone.raw('/etcdserverpb.KV/Range', RangeRequest.encode(request).finish())).body,
      );
      const last = messages.at(-1) ?? {};
      expect(messages.flatMap(({ kvs }) => kvs ?? [])).to.deep.equal(whole.kvs);
      expect([clampInteger(last.count), last.more ?? false]).to.deep.equal([clampInteger(whole.count), whole.more]);
      expect(last.header).to.deep.equal(whole.header);
      for (const message of messages.slice(0, -1)) {
        expect(Object.keys(message)).to.deep.equal(['kvs']);
        expect(RangeResponse.encode(message).finish().length).to.be.lessThan(300 * 1024);
      }
    });
  }

  it('refuses what Range refuses', async () => {
    const details = async (request: Properties): Promise<string> => (await streamed(request)).details;
    expect(await details({})).to.equal('etcdserver: key is not provided');
    expect(await details({ ...all, revision: 1_000_000 })).to.equal(
      'etcdserver: mvcc: required revision is a future revision',
    );
    // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- no such order
    expect(await details({ ...all, sortOrder: 77 as etcdserverpb.RangeRequest.SortOrder })).to.equal(
      'etcdserver: invalid sort option',
    );
  });

  it('gives a slow client one revision, and is not affected by a client that cancels', async () => {
    const stream = open(all);
    stream.on('error', () => undefined);
    stream.pause();
    const revision = revisionOf(expectOk(await lone.client.put('k9999', 'later')));
    const messages: etcdserverpb.RangeResponse.$Properties[] = [];
    const ended = new Promise((resolve) => stream.on('status', () => setImmediate(resolve)));
    stream.on('data', (message: etcdserverpb.RangeResponse.$Properties) => messages.push(message));
    stream.resume();
    await ended;
    const keys = messages.flatMap(({ kvs }) => kvs ?? []).length;
    const header = messages.at(-1)?.header;
    // The put came before or after the read: the result and the header must agree.
    expect(clampInteger(header?.revision) >= revision ? keys : keys + 1).to.equal(801);
    for (let gone = 0; gone < 40; gone++) {
      const leaving = open(all);
      leaving.on('error', () => undefined);
      leaving.once('data', () => leaving.cancel());
      await new Promise((resolve) => leaving.on('status', resolve));
    }
    await poll('a place for one more', async () => (await streamed(all)).code === Code.OK || undefined);
  });

  it('ends for a client that does not read, and releases its state', async () => {
    const engine = new CountingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    await fixture.apply(Array.from({ length: 500 }, (_, at) => encode.put(`k${at}`, 'v'.repeat(4000))));
    await fixture.store.whenCounted();
    const time = new VirtualTime();
    const evaluated: unknown[] = [];
    const streams = new RangeStreams({
      store: fixture.store,
      clock: time.clock(),
      access: OPEN_ACCESS,
      refusal: () => undefined,
      reader: { serve: (_call, _options, evaluate) => void evaluated.push(evaluate()) },
    });
    const failures: string[] = [];
    const held: Uint8Array[] = [];
    const deaf = {
      certificate: undefined,
      cancelled: false,
      metadata: () => undefined,
      remainingMs: () => undefined,
      onCancel: () => undefined,
      onDrain: () => undefined,
      onEnd: () => undefined,
      onMessage: (take: (request: etcdserverpb.RangeRequest) => void) => take(RangeRequest.decode(encodedAll)),
      send: (body: Uint8Array) => held.push(body) < 0,
      pause: () => undefined,
      resume: () => undefined,
      end: () => undefined,
      fail: ({ message }: { message: string }) => void failures.push(message),
    };
    const method = streams.method() as unknown as StreamMethod<etcdserverpb.RangeRequest>;
    method.handle(deaf);
    await fixture.apply([encode.put('another')]);
    await time.advance(READ_STREAM_STALL_MS - 1);
    expect([held.length, failures, engine.openSnapshots]).to.deep.equal([1, [], 2]);
    await time.advance(1);
    await Promise.all(evaluated);
    expect(failures).to.deep.equal(['raftkv: the client has not read its range for too long']);
    expect(engine.openSnapshots).to.equal(1);
    await fixture.remove();
  });

  it('reads only as far as the client does', async () => {
    const engine = new CountingEngine();
    const fixture = await Fixture.open(memoryHome(engine));
    await fixture.apply(Array.from({ length: 2000 }, (_, at) => encode.put(`k${at}`, 'v'.repeat(4000))));
    await fixture.store.whenCounted();
    engine.take(Table.current);
    let taken = 0;
    const result = await fixture.store.rangeInPieces(all, async () => {
      taken++;
      return taken < 2;
    });
    expect(result).to.equal(undefined);
    expect(engine.take(Table.current)).to.be.lessThan(600);
    await fixture.remove();
  });
});
