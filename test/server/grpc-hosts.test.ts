import { expect } from 'chai';
import { FRAME, frame, RawHttp2 } from '../rpc/raw-http2.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { endpointOf, LoneMember } from './lone-member.js';

describe('the gRPC host of a member', function () {
  this.timeout(300_000);
  let lone: LoneMember | undefined;
  const clients: RawHttp2[] = [];

  const start = async (settings: Record<string, string> = {}): Promise<LoneMember> =>
    (lone = await LoneMember.start(settings));
  const open = async ({ member }: LoneMember): Promise<RawHttp2> => {
    const client = await RawHttp2.open(Number(endpointOf(member).split(':')[1]));
    clients.push(client);
    return client;
  };
  const ping = frame(FRAME.ping, 0, 0, Buffer.alloc(8));
  const answers = (client: RawHttp2): number =>
    client.frames.get(0)?.filter(({ type, flags }) => type === FRAME.ping && flags === 1).length ?? 0;

  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.destroy();
    await lone?.dispose();
    lone = undefined;
  });

  for (const settings of [{}, { 'rpc-host': 'native' }, { 'rpc-host': 'grpc-js' }]) {
    it(`serves a client with ${JSON.stringify(settings)}`, async () => {
      const { client } = await start(settings);
      expectOk(await client.put('a', 'b'));
      expect(expectOk(await client.get('a')).kvs.map(({ value }) => String(value))).to.deep.equal(['b']);
    });
  }

  it('closes the connection of a client that pings more often than --grpc-keepalive-min-time', async () => {
    const client = await open(await start({ 'grpc-keepalive-min-time': '1h' }));
    client.write(ping, ping, ping, ping);
    await poll('the end of the connection', () => client.socket.readableEnded || undefined);
    expect([client.has(0, FRAME.goAway), answers(client)]).to.deep.equal([true, 3]);
  });

  it('takes any number of pings with --grpc-keepalive-min-time 0', async () => {
    const client = await open(await start({ 'grpc-keepalive-min-time': '0' }));
    for (let pings = 0; pings < 20; pings += 1) client.write(ping);
    await poll('the answers', () => answers(client) === 20 || undefined);
    expect(client.has(0, FRAME.goAway)).to.equal(false);
  });
});
