import { expect } from 'chai';
import { expectOk } from '../../support/etcd-client.js';
import { endpointOf, LoneMember } from '../lone-member.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Message {
  readonly result: {
    readonly kind?: string;
    readonly partition?: number;
    readonly epoch?: string;
    readonly revision?: string;
    readonly after?: string;
    readonly events?: readonly { readonly kv: { readonly key: string; readonly value: string } }[];
  };
}

describe('change feeds over HTTP', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start();
  });

  after(() => lone.dispose());

  const post = async (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
    await fetch(`http://${endpointOf(lone.member)}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    });

  it('are made, delivered line by line, and acknowledged by themselves or in a transaction', async () => {
    const created = await post('feed/create', { name: 'f', key: base64('k'), range_end: base64('l') });
    expect(await created.json()).to.deep.nested.include({ 'feed.name': 'f', 'feed.partitions[0].cursor': '1' });
    expectOk(await lone.client.put('k1', 'one'));
    expectOk(await lone.client.put('k2', 'two'));
    const ended = new AbortController();
    const { body } = await post('feed/subscribe', { name: 'f', worker: 'w' }, ended.signal);
    const messages: Message['result'][] = [];
    const keys = (): readonly string[] =>
      messages.flatMap(({ events = [] }) => events.map(({ kv }) => Buffer.from(kv.key, 'base64').toString()));
    let text = '';
    for await (const piece of body ?? []) {
      text += Buffer.from(piece).toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) messages.push((JSON.parse(line) as Message).result);
      if (keys().length === 2) break;
    }
    ended.abort();
    expect(messages[0]).to.include({ kind: 'ASSIGNED', revision: '1' });
    expect(keys()).to.deep.equal(['k1', 'k2']);
    const { epoch } = messages[0] ?? {};
    const stale = await post('feed/ack', { acks: [{ feed: 'f', epoch: '1', revision: '2' }] });
    expect([stale.status, await stale.text()].join(' ')).to.include('another epoch');
    const first = await post('feed/ack', { acks: [{ feed: 'f', epoch, revision: '2' }] });
    // The stream has ended, and with it the worker's epoch, unless the member does not know it yet.
    const answer = await first.text();
    if (first.status !== 200) expect(answer).to.include('another epoch');
    const status = (await (await post('feed/list', { name: 'f' })).json()) as {
      readonly feeds: readonly [
        { readonly partitions: readonly [{ readonly cursor: string; readonly epoch: string }] },
      ];
    };
    const [partition] = status.feeds[0].partitions;
    const put = { request_put: { key: base64('out'), value: base64('done') } };
    const acks = [{ feed: 'f', epoch: partition.epoch, revision: '3' }];
    const written = await post('kv/txn', { success: [put], feed_ack: acks });
    expect(await written.json()).to.include({ succeeded: true });
    const again = await post('kv/txn', { success: [put], feed_ack: acks });
    expect(await again.text()).to.include('the cursor of the feed');
  });
});
