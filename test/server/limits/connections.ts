import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect } from 'chai';
import type { RawSettings } from '../../../src/server/settings/table.js';
import { callHeaders, frame, FRAME, wholeCall } from '../../rpc/raw-http2.js';
import { TestAuthority } from '../../support/certificates.js';
import { poll } from '../../support/poll.js';
import { bytesField } from '../raw-proto.js';
import { goneAway, type LimitedMember } from './limited-member.js';

const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const KEY = bytesField(1, Buffer.from('key'));

/** Tests of the limits on connections and on TLS handshakes. */
export function connectionLimits(member: LimitedMember): void {
  it('count connections of clients', async () => {
    await member.start({ 'max-connections': '20' });
    const all = await Promise.all(Array.from({ length: 40 }, () => member.open(member.clientPort)));
    await poll('their ends', () => all.filter(({ closed }) => closed).length >= 20 || undefined);
    await member.expectHit('client_connections');
  });

  it('count connections to the peer port, and their rate', async () => {
    await member.start({ 'max-peer-connections': '16', 'max-peer-connection-rate': '1000' });
    const all = await Promise.all(Array.from({ length: 20 }, () => member.open(member.peerPort)));
    await poll('their ends', () => all.filter(({ closed }) => closed).length >= 4 || undefined);
    await member.expectHit('peer_connections');
    await member.start({ 'max-peer-connection-rate': '1' });
    for (let at = 0; at < 4; at++) await member.open(member.peerPort);
    await member.expectHit('connection_rate');
  });

  it('count connections for metrics', async () => {
    await member.start({ 'max-metrics-connections': '4', 'listen-metrics-urls': 'http://127.0.0.1:0' });
    for (let at = 0; at < 8; at++) await member.open(member.metricsPort);
    await member.expectHit('metrics_connections');
  });

  it('end connections that send nothing, or have no request, for a time', async () => {
    await member.start({ 'connection-setup-timeout': '100ms' });
    await once(await member.open(member.clientPort), 'close');
    await member.expectHit('setup_time');
    await member.start({ 'http-idle-timeout': '100ms' });
    await once(await member.open(member.clientPort, 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n'), 'close');
    await member.expectHit('idle_time');
  });

  it('ask a gRPC connection without calls to end, and serve its last call', async () => {
    await member.start({ 'grpc-max-connection-idle': '1ms' });
    const client = await member.http2();
    client.write(callHeaders({ path: WATCH, streamId: 1 }));
    const idle = await member.http2();
    await goneAway(idle);
    await member.expectHit('idle_time');
    client.write(wholeCall({ path: RANGE, streamId: 3, body: KEY }));
    await poll('an answer', () => client.ended === 1 || undefined);
    expect(client.has(0, FRAME.goAway)).to.equal(false);
  });

  it('close a gRPC connection that does not answer pings', async () => {
    await member.start({ 'grpc-keepalive-interval': '1ms', 'grpc-keepalive-timeout': '1ms' });
    const socket = await member.open(member.clientPort, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(Buffer.concat([frame(FRAME.settings, 0, 0), frame(FRAME.settings, 1, 0)]));
    await once(socket, 'close');
    await member.expectHit('keepalive_time');
  });

  describe('of TLS', () => {
    let files: RawSettings;
    before(async () => {
      const { certFile, keyFile } = await (await TestAuthority.create()).issue();
      const urls = { 'listen-client-urls': 'https://127.0.0.1:0', 'listen-metrics-urls': 'http://127.0.0.1:0' };
      files = { ...urls, 'cert-file': certFile, 'key-file': keyFile };
    });

    it('bound open handshakes', async () => {
      await member.start({ ...files, 'max-tls-handshakes': '4' });
      const all = await Promise.all(Array.from({ length: 8 }, () => member.open(member.clientPort)));
      await poll('their ends', () => all.filter(({ closed }) => closed).length >= 4 || undefined);
      await member.expectHit('tls_handshakes');
    });

    it('bound the rate of handshakes', async () => {
      await member.start({ ...files, 'max-tls-handshake-rate': '1' });
      for (let at = 0; at < 7; at++) {
        member.keep(connect({ port: member.clientPort, host: '127.0.0.1', rejectUnauthorized: false }));
      }
      await member.expectHit('tls_handshake_rate');
    });

    it('bound the time of a handshake', async () => {
      await member.start({ ...files, 'tls-handshake-timeout': '100ms' });
      await once(await member.open(member.clientPort), 'close');
      await member.expectHit('tls_handshake_time');
    });
  });
}
