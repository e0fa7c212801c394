import { expect } from 'chai';
import { Code } from '../../../src/rpc/status.js';
import { defined } from '../../../src/util/assert.js';
import { expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { samples } from '../../support/samples.js';
import { endpointOf, LoneMember } from '../lone-member.js';

describe('the metrics of a member', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start({ 'listen-metrics-urls': 'http://127.0.0.1:0' });
    for (const value of ['1', '2', '3']) expectOk(await lone.client.put('k', value));
    expectOk(await lone.client.get('k'));
    expect((await lone.raw('/etcdserverpb.KV/Range', Buffer.alloc(0))).code).to.equal(Code.INVALID_ARGUMENT);
    // Its client URLs go through the log too.
    await poll('the log to rest', () => {
      const { commit, applied, lastIndex } = lone.member.status();
      return (
        (lone.member.status().leader !== undefined && commit === applied && applied === lastIndex && commit > 4) ||
        undefined
      );
    });
  });

  after(() => lone.dispose());

  const read = async (url = `http://${endpointOf(lone.member)}`): Promise<Map<string, number>> => {
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('content-type')).to.equal('text/plain; version=0.0.4; charset=utf-8');
    return samples(await answer.text());
  };

  it('have the names of etcd if the meaning is the same', async () => {
    const found = await read();
    const { commit, applied, term } = lone.member.status();
    const expected = {
      etcd_server_has_leader: 1,
      etcd_server_is_leader: 1,
      etcd_server_is_learner: 0,
      etcd_server_leader_changes_seen_total: 1,
      etcd_server_proposals_committed_total: commit,
      etcd_server_proposals_applied_total: applied,
      etcd_server_proposals_pending: 0,
      etcd_server_proposals_failed_total: 0,
      etcd_mvcc_put_total: 3,
      etcd_mvcc_delete_total: 0,
      etcd_debugging_mvcc_current_revision: 4,
      raftkv_raft_term: term,
      raftkv_calls_waiting: 0,
      raftkv_staleness_seconds: 0,
    };
    const shown = Object.fromEntries(Object.keys(expected).map((name) => [name, found.get(name)]));
    expect(shown).to.deep.equal(expected);
    expect(found.get(`etcd_server_id{server_id="${lone.member.id}"}`)).to.equal(1);
    for (const name of [
      'etcd_disk_wal_fsync_duration_seconds_count',
      'etcd_disk_wal_fsync_duration_seconds_sum',
      'etcd_disk_wal_write_bytes_total',
      'etcd_disk_backend_commit_duration_seconds_count',
      'etcd_mvcc_db_total_size_in_bytes',
      'etcd_mvcc_range_total',
      'process_resident_memory_bytes',
    ]) {
      expect(found.get(name), name).to.be.greaterThan(0);
    }
  });

  it('count calls by method and code, including those of the gateway', async () => {
    const count = async (method: string, code: string, type = 'unary'): Promise<number> => {
      const service = `etcdserverpb.${method.split('/')[0]}`;
      const labels = `grpc_method="${method.split('/')[1]}",grpc_service="${service}",grpc_type="${type}"`;
      return (await read()).get(`grpc_server_handled_total{grpc_code="${code}",${labels}}`) ?? 0;
    };
    expect(await count('KV/Put', 'OK')).to.equal(3);
    expect(await count('KV/Range', 'InvalidArgument')).to.equal(1);
    const url = `http://${endpointOf(lone.member)}`;
    await (await fetch(`${url}/v3/kv/range`, { method: 'POST', body: '{}' })).text();
    expect(await count('KV/Range', 'InvalidArgument')).to.equal(2);
    await (await fetch(`${url}/v3/maintenance/snapshot`, { method: 'POST', body: '{}' })).text();
    expect(await count('Maintenance/Snapshot', 'OK', 'server_stream')).to.equal(1);
  });

  it('count messages and their bytes in the encoding of gRPC, including those of the gateway', async () => {
    const labels = 'grpc_method="DeleteRange",grpc_service="etcdserverpb.KV",grpc_type="unary"';
    const names = [
      `grpc_server_msg_received_total{${labels}}`,
      `grpc_server_msg_sent_total{${labels}}`,
      'etcd_network_client_grpc_received_bytes_total',
      'etcd_network_client_grpc_sent_bytes_total',
    ];
    const before = await read();
    const key = Buffer.from('nothing');
    const answer = await lone.raw('/etcdserverpb.KV/DeleteRange', Buffer.from([10, key.length, ...key]));
    const url = `http://${endpointOf(lone.member)}`;
    const body = JSON.stringify({ key: key.toString('base64') });
    await (await fetch(`${url}/v3/kv/deleterange`, { method: 'POST', body })).text();
    const after = await read();
    const grown = names.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0));
    expect(grown).to.deep.equal([2, 2, 2 * (2 + key.length), 2 * answer.body.length]);
  });

  it('answer HEAD requests', async () => {
    const answer = await fetch(`http://${endpointOf(lone.member)}/metrics`, { method: 'HEAD' });
    expect({ status: answer.status, text: await answer.text() }).to.deep.equal({ status: 200, text: '' });
  });

  it('are served at --listen-metrics-urls too, with health and without the gateway', async () => {
    const url = defined(lone.member.metricsUrls[0], 'a metrics URL');
    expect((await read(url)).get('etcd_server_has_leader')).to.equal(1);
    expect(await (await fetch(`${url}/health`)).text()).to.equal('{"health":"true","reason":""}');
    expect((await read()).get('etcd_server_health_success')).to.equal(1);
    expect((await fetch(`${url}/v3/kv/range`, { method: 'POST', body: '{}' })).status).to.equal(404);
  });
});
