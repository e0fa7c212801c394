import { expect } from 'chai';
import { endpointOf, LoneMember } from '../lone-member.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('sessions on the JSON gateway', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start();
  });

  after(() => lone.dispose());

  async function post(path: string, request: object): Promise<Record<string, unknown>> {
    const url = `http://${endpointOf(lone.member)}/v3/${path}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(request) });
    return (await answer.json()) as Record<string, unknown>;
  }

  it('are opened, used, listed and closed', async () => {
    const { session, window } = await post('session/open', { ttl_seconds: 60 });
    expect([typeof session, window]).to.deep.equal(['string', '1024']);
    const write = { key: base64('k'), value: base64('v'), session: { session, sequence: '1', acknowledged: '1' } };
    const first = await post('kv/put', write);
    expect(first['session'], 'applied in the session').to.equal(true);
    expect(await post('kv/put', write)).to.deep.equal(first);
    const { kvs } = await post('kv/range', { key: base64('k') });
    expect(kvs).to.have.nested.property('[0].version', '1');
    expect(await post('session/keepalive', { session })).to.include({ ttl_seconds: '60' });
    expect(await post('session/list', {})).to.have.nested.property('sessions[0].session', session);
    await post('session/close', { session });
    expect(await post('kv/put', write)).to.have.property('code', 5);
  });
});
