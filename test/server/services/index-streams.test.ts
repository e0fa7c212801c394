import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { valueOf } from '../../../src/kv/indexes/index-value.js';
import { clampInteger } from '../../../src/util/integer.js';
import { READ_STREAM_STALL_MS } from '../../../src/server/requests/read-streams.js';
import { startLoneVirtualMember, type LoneVirtualMember } from '../lone-virtual-member.js';
import type { VirtualStream } from '../../support/virtual-stream.js';

const KEYS = 3000;
const VALUE = 'v'.repeat(990);
const bytes = (text: string): Buffer => Buffer.from(text);
const DEFINITION = { name: 'i', key: bytes('u/'), rangeEnd: bytes('u0'), source: { wholeValue: true } };
const name = (at: number): string => String(at).padStart(5, '0');

describe('a stream of a query', () => {
  let lone: LoneVirtualMember;

  before(async () => {
    lone = await startLoneVirtualMember(0);
    for (let from = 0; from < KEYS; from += 100) {
      const success = Array.from({ length: 100 }, (_, at) => ({
        requestPut: { key: bytes(`u/${from + at}`), value: bytes(`${name(from + at)}${VALUE}`) },
      }));
      await call('/etcdserverpb.KV/Txn', etcdserverpb.TxnRequest.encode({ success }).finish());
    }
    await call('/raftkvpb.Index/Create', raftkvpb.IndexCreateRequest.encode({ definition: DEFINITION }).finish());
    await lone.time.until('it is ready', () => store().indexes().byName.get('i')?.state.kind === 'ready');
  });

  const store = (): LoneVirtualMember['member']['assembly']['store'] => lone.member.assembly.store;
  const call = async (path: string, request: Uint8Array): Promise<void> => {
    expect((await lone.time.wait(lone.member.call(path, request))).kind).to.equal('ok');
  };
  const open = (request: raftkvpb.IndexQueryRequest.$Properties): VirtualStream => {
    const options = { metadata: {}, delayMs: 1, window: 1, onReadable: () => undefined };
    const stream = lone.member.stream('/raftkvpb.Index/QueryStream', options);
    if (stream === undefined) throw new Error('no member');
    stream.send(raftkvpb.IndexQueryRequest.encode({ index: 'i', keysOnly: true, ...request }).finish());
    return stream;
  };
  const next = async (stream: VirtualStream): Promise<raftkvpb.IndexQueryResponse | undefined> => {
    let body: Uint8Array | undefined;
    await lone.time.until('a message, or the end', () => {
      body ??= stream.take();
      return body !== undefined || stream.ended !== undefined;
    });
    return body && raftkvpb.IndexQueryResponse.decode(body);
  };

  it('has all entries of one revision in messages of bounded size, whatever is written meanwhile', async () => {
    const revision = store().revision();
    const stream = open({});
    const values: string[] = [];
    let messages = 0;
    for (let page = await next(stream); page !== undefined; page = await next(stream)) {
      expect(clampInteger(page.revision)).to.equal(revision);
      values.push(...page.entries.map(({ value }) => String(valueOf(value)).slice(0, 5)));
      messages += 1;
      const remove = { key: bytes(`u/${KEYS - messages}`) };
      await call('/etcdserverpb.KV/DeleteRange', etcdserverpb.DeleteRangeRequest.encode(remove).finish());
    }
    expect(stream.ended).to.equal('well');
    expect(messages).to.be.within(3, 4);
    expect(values).to.deep.equal(Array.from({ length: KEYS }, (_, at) => name(at)));
  });

  it('ends behind its limit, which counts over all messages', async () => {
    const stream = open({ limit: 1500, order: raftkvpb.IndexQueryRequest.Order.DESCENDING });
    let entries = 0;
    for (let page = await next(stream); page !== undefined; page = await next(stream)) entries += page.entries.length;
    expect([stream.ended, entries]).to.deep.equal(['well', 1500]);
  });

  it('makes no more pages for a reader that does not take them, and ends after a while', async () => {
    const before = store().counts.queries;
    const stopped = open({});
    await lone.time.advance(READ_STREAM_STALL_MS / 2);
    expect(store().counts.queries - before, 'pages made').to.equal(1);
    stopped.cancel();
    const silent = open({});
    await lone.time.advance(READ_STREAM_STALL_MS + 1000);
    expect(store().counts.queries - before, 'pages made').to.equal(2);
    expect(await next(silent), 'the page that was made').to.not.equal(undefined);
    expect(await next(silent)).to.equal(undefined);
    expect(silent.ended).to.have.property('message');
  });
});
