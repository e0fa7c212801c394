import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { ETCD_CLUSTER_VERSION } from '../../../src/server/settings/version.js';
import { expectOk } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { samples } from '../../support/samples.js';
import { endpointOf, LoneMember } from '../lone-member.js';

const { PutRequest } = etcdserverpb;

/** Samples of a metric, without labels. */
function types(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
}

// Alerts and dashboards for etcd use these metrics. They were missing.
describe('the metrics of a member that alerts use', () => {
  let lone: LoneMember;
  let url: string;

  before(async () => {
    lone = await LoneMember.start();
    url = `http://${endpointOf(lone.member)}`;
    expectOk(await lone.client.put('k', '1'));
    expectOk(await lone.client.put('k', '2'));
    expectOk(await lone.client.get('k'));
    const putWithLease = PutRequest.encode({ key: Buffer.from('k'), lease: 7 }).finish();
    await lone.raw('/etcdserverpb.KV/Put', putWithLease, { metadata: { 'client-api-version': '3.5' } });
    await lone.raw('/etcdserverpb.KV/Put', putWithLease, { metadata: { 'client-api-version': '3.5' } });
  });

  after(() => lone.dispose());

  const text = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  const read = async (): Promise<Map<string, number>> => samples(await text());

  it("have etcd's names and types", async () => {
    await (await fetch(`${url}/readyz`)).text();
    const found = types(await text());
    const expected = {
      etcd_server_slow_apply_total: 'counter',
      etcd_server_slow_read_indexes_total: 'counter',
      etcd_server_read_indexes_failed_total: 'counter',
      etcd_server_heartbeat_send_failures_total: 'counter',
      etcd_server_apply_duration_seconds: 'histogram',
      etcd_server_range_duration_seconds: 'histogram',
      etcd_server_request_duration_seconds: 'histogram',
      etcd_server_client_requests_total: 'counter',
      etcd_server_healthcheck: 'gauge',
      etcd_server_healthchecks_total: 'counter',
      etcd_cluster_version: 'gauge',
      etcd_disk_defrag_inflight: 'gauge',
      etcd_disk_backend_defrag_duration_seconds: 'histogram',
      etcd_disk_backend_snapshot_duration_seconds: 'histogram',
      os_fd_used: 'gauge',
      os_fd_limit: 'gauge',
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found.get(name)]))).to.deep.equal(expected);
  });

  it('time commands, ranges and requests, by their outcome', async () => {
    const found = await read();
    const apply = (op: string, success: boolean): number | undefined =>
      found.get(`etcd_server_apply_duration_seconds_count{version="v3",op="${op}",success="${success}"}`);
    expect([apply('Put', true), apply('Put', false)]).to.deep.equal([2, 2]);
    expect(apply('ClusterMemberAttrSet', true)).to.equal(1);
    expect(found.get('etcd_server_range_duration_seconds_count{success="true"}')).to.equal(1);
    const request = (success: boolean): number | undefined =>
      found.get(`etcd_server_request_duration_seconds_count{type="Put",success="${success}"}`);
    expect([request(true), request(false)]).to.deep.equal([2, 2]);
    expect(found.get('etcd_server_request_duration_seconds_sum{type="Put",success="true"}')).to.be.within(1e-4, 10);
  });

  it('count the clients by the version that they state, and a bounded number of versions', async () => {
    const of = async (version: string): Promise<number> =>
      (await read()).get(`etcd_server_client_requests_total{type="unary",client_api_version="${version}"}`) ?? 0;
    expect(await of('3.5')).to.equal(2);
    expect(await of('unknown')).to.be.at.least(3);
    for (let version = 0; version < 100; version++) {
      await lone.raw('/etcdserverpb.KV/Range', Buffer.alloc(0), { metadata: { 'client-api-version': `9.${version}` } });
    }
    await lone.raw('/etcdserverpb.KV/Range', Buffer.alloc(0), { metadata: { 'client-api-version': 'x"} 1' } });
    const counted = [...(await read()).keys()].filter((name) => name.startsWith('etcd_server_client_requests_total'));
    expect(counted.length).to.be.below(70);
    expect(await of('unknown')).to.be.at.least(30);
  });

  it('state the version of the cluster, alarms and health checks', async () => {
    await (await fetch(`${url}/livez`)).text();
    await (await fetch(`${url}/livez/serializable_read`)).text();
    const found = await read();
    const version = ETCD_CLUSTER_VERSION.replace(/\.\d+$/, '');
    expect(found.get(`etcd_cluster_version{cluster_version="${version}"}`)).to.equal(1);
    expect(found.get('etcd_server_healthcheck{type="livez",name="serializable_read"}')).to.equal(1);
    const total = 'etcd_server_healthchecks_total{type="livez",name="serializable_read",status="success"}';
    expect(found.get(total)).to.equal(2);
    const body = JSON.stringify({ action: 'ACTIVATE', alarm: 'NOSPACE', memberID: '7' });
    await (await fetch(`${url}/v3/maintenance/alarm`, { method: 'POST', body })).text();
    const shown = 'etcd_debugging_server_alarms{server_id="0000000000000007",alarm_type="NOSPACE"}';
    await poll('the alarm', async () => (await read()).get(shown) === 1 || undefined);
  });

  it('time defragmentations and snapshots', async () => {
    await lone.raw('/etcdserverpb.Maintenance/Defragment', Buffer.alloc(0));
    await (await fetch(`${url}/v3/maintenance/snapshot`, { method: 'POST', body: '{}' })).text();
    await poll('both', async () => {
      const found = await read();
      const counts = ['defrag', 'snapshot'].map((what) =>
        found.get(`etcd_disk_backend_${what}_duration_seconds_count`),
      );
      return counts.join() === '1,1' || undefined;
    });
    expect((await read()).get('etcd_disk_defrag_inflight')).to.equal(0);
  });

  it('include histograms of calls only with --metrics extensive', async () => {
    expect(types(await text()).has('grpc_server_handling_seconds')).to.equal(false);
    const extensive = await LoneMember.start({ metrics: 'extensive' });
    expectOk(await extensive.client.put('k', '1'));
    const found = samples(await (await fetch(`http://${endpointOf(extensive.member)}/metrics`)).text());
    const labels = 'grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"';
    expect(found.get(`grpc_server_handling_seconds_count{${labels}}`)).to.equal(1);
    await extensive.dispose();
  });
});

describe('the metrics of a member without a leader', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start({ name: 'a', 'initial-cluster': 'a=http://127.0.0.1:0,b=http://127.0.0.1:1' });
  });

  after(() => lone.dispose());

  it('count failed reads, known peers, and messages that were dropped', async () => {
    const url = `http://${endpointOf(lone.member)}`;
    await (await fetch(`${url}/readyz`)).text();
    await poll('dropped messages', async () => {
      const found = samples(await (await fetch(`${url}/metrics`)).text());
      const sum = (name: string): number =>
        [...found].reduce((total, [key, value]) => total + (key.startsWith(name) ? value : 0), 0);
      expect(sum('etcd_network_known_peers{')).to.equal(1);
      expect(found.get('etcd_server_read_indexes_failed_total')).to.equal(1);
      expect(sum('etcd_server_healthchecks_total{type="readyz",name="linearizable_read",status="error"}')).to.equal(1);
      expect(sum('etcd_network_peer_received_failures_total{')).to.be.at.least(0);
      return sum('etcd_network_peer_sent_failures_total{') > 0 || undefined;
    });
  });
});
