import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { samples } from '../../support/samples.js';
import { endpointOf, LoneMember } from '../lone-member.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe("the metrics of a member's store", () => {
  let lone: LoneMember;
  let url: string;

  before(async () => {
    lone = await LoneMember.start();
    url = `http://${endpointOf(lone.member)}`;
  });

  after(() => lone.dispose());

  const ask = async (path: string, body: unknown): Promise<Record<string, string>> => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    return JSON.parse(await answer.text()) as Record<string, string>;
  };

  /** The samples of a family with these name suffixes; absent ones are left out. */
  const read = async (prefix: string, names: readonly string[]): Promise<Record<string, number>> => {
    const found = samples(await (await fetch(`${url}/metrics`)).text());
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = found.get(prefix + name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  };

  it('count keys, and versions removed by a compaction', async () => {
    for (const [key, value] of ['a1', 'b1', 'a2', 'a3', 'c1'].map((text) => [text.slice(0, 1), text] as const)) {
      expectOk(await lone.client.put(key, value));
    }
    const { header } = expectOk(await lone.client.delete('b'));
    const names = ['keys_total', 'db_compaction_keys_total', 'put_total', 'delete_total', 'compact_revision'];
    const mvcc = () => read('etcd_debugging_mvcc_', names);
    const held = { keys_total: 2, db_compaction_keys_total: 0, put_total: 5, delete_total: 1, compact_revision: -1 };
    expect(await mvcc()).to.deep.equal(held);
    const revision = Number(header?.revision);
    await ask('/v3/kv/compaction', { revision, physical: true });
    // a1, a2, and b1.
    expect(await mvcc()).to.deep.equal({ ...held, db_compaction_keys_total: 3, compact_revision: revision });
  });

  it('count leases that are granted, renewed, revoked and expired', async () => {
    const names = ['lease_granted_total', 'lease_renewed_total', 'lease_revoked_total', 'server_lease_expired_total'];
    const more = ['lease_ttl_total_count', 'lease_ttl_total_sum', 'lease_ttl_total_bucket{le="64"}'];
    const leases = async () => Object.values(await read('etcd_debugging_', [...names, ...more]));
    expect(await leases()).to.deep.equal([0, 0, 0, 0, 0, 0, 0]);
    const { ID: kept } = await ask('/v3/lease/grant', { TTL: 60 });
    const { ID: other } = await ask('/v3/lease/grant', { TTL: 100 });
    expect(await leases()).to.deep.equal([2, 0, 0, 0, 2, 160, 1]);
    await (await fetch(`${url}/v3/lease/keepalive`, { method: 'POST', body: `{"ID":"${kept}"}{"ID":"7"}` })).text();
    expect(await leases(), 'one is renewed, and there is no other').to.deep.equal([2, 1, 0, 0, 2, 160, 1]);
    await ask('/v3/lease/revoke', { ID: other });
    await ask('/v3/lease/revoke', { ID: '7' });
    expect(await leases()).to.deep.equal([2, 1, 1, 0, 2, 160, 1]);
    await ask('/v3/lease/grant', { TTL: 1 });
    await poll('the end of the short one', async () => (await leases())[3] === 1 || undefined);
    expect((await leases()).slice(0, 4)).to.deep.equal([3, 1, 2, 1]);
  });

  it('count watches, slow ones, sent events and waiting events', async () => {
    const names = ['watch_stream_total', 'watcher_total', 'slow_watcher_total', 'events_total', 'pending_events_total'];
    const watches = async () => Object.values(await read('etcd_debugging_mvcc_', names));
    expect(await watches()).to.deep.equal([0, 0, 0, 0, 0]);
    const reader = await watch('w', 2);
    expect(await watches()).to.deep.equal([1, 2, 0, 0, 0]);
    await ask('/v3/kv/put', { key: base64('w'), value: base64('1') });
    await poll('the event at both', async () => (await watches())[3] === 2 || undefined);
    reader.destroy();
    await poll('the end of the stream', async () => (await watches())[0] === 0 || undefined);

    const slow = await watch('w', 1);
    slow.pause();
    const value = base64('x'.repeat(1_000_000));
    let puts = 0;
    await poll('the watch to fall behind', async () => {
      await ask('/v3/kv/put', { key: base64('w'), value });
      puts += 1;
      return (await watches())[2] === 1 || undefined;
    });
    const [streams, watchers, , sent = 0, waiting = 0] = await watches();
    expect([streams, watchers]).to.deep.equal([1, 1]);
    expect(waiting, 'waiting').to.be.within(1, 2);
    expect(sent).to.be.below(2 + puts);
    slow.resume();
    await poll('the watch to be up to date', async () => (await watches())[2] === 0 || undefined);
    await poll('all to be sent', async () => (await watches())[3] === 2 + puts || undefined);
    expect(await watches()).to.deep.equal([1, 1, 0, 2 + puts, 0]);
    slow.destroy();
  });

  /** A stream of watches over HTTP, once all are created. */
  async function watch(key: string, count: number): Promise<Socket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const body = JSON.stringify({ create_request: { key: base64(key) } }).repeat(count);
    socket.write(`POST /v3/watch HTTP/1.1\r\nHost: ${hostname}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body)}`);
    let heard = '';
    const hear = (bytes: Buffer): void => void (heard += bytes.toString('latin1'));
    socket.on('data', hear);
    await poll('the watches', () => heard.split('"created":true').length > count || undefined);
    socket.off('data', hear).on('data', () => undefined);
    return socket;
  }
});

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}
