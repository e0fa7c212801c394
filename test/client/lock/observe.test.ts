import { expect } from 'chai';
import { v3electionpb } from '../../../src/gen/proto.js';
import { stream, type StreamCall } from '../../../src/rpc/service.js';
import { ServedHost } from '../../rpc/served-host.js';
import { poll } from '../../support/poll.js';
import { openedServers } from '../opened-servers.js';

const { LeaderRequest, LeaderResponse } = v3electionpb;

/** A server whose election streams a test controls. */
class ObserveServer {
  readonly calls: StreamCall<v3electionpb.LeaderRequest>[] = [];
  gone = 0;
  readonly #served: ServedHost;

  private constructor(served: ServedHost) {
    this.#served = served;
  }

  static async start(): Promise<ObserveServer> {
    const made: { server?: ObserveServer } = {};
    const served = await ServedHost.start([
      stream<v3electionpb.LeaderRequest>('server-stream', {
        path: '/v3electionpb.Election/Observe',
        decode: (body) => LeaderRequest.decode(body),
        handle: (call) => {
          made.server?.calls.push(call);
          call.onCancel(() => made.server !== undefined && made.server.gone++);
          call.onMessage(() => undefined);
        },
      }),
    ]);
    return (made.server = new ObserveServer(served));
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#served.port}`;
  }

  async call(at: number): Promise<StreamCall<v3electionpb.LeaderRequest>> {
    return await poll(`stream ${at}`, () => this.calls[at]);
  }

  async stop(): Promise<void> {
    await this.#served.stop();
  }
}

const says = (value: string, modRevision: number): Uint8Array =>
  LeaderResponse.encode({
    header: { revision: modRevision },
    kv: { key: Buffer.from('chair/1'), value: Buffer.from(value), modRevision },
  }).finish();

describe('client observation of an election', () => {
  const { start, connect } = openedServers(() => ObserveServer.start(), { connectTimeoutMs: 200 });

  it('looks for another member for as long as a call may take since it last had one', async () => {
    // A member ended a stream that was older than the limit. The limit then expired at once.
    const [first, second] = [await start(), await start()];
    const timeoutMs = 1_000;
    const startMs = performance.now();
    const observed = connect([first, second], { timeoutMs }).observe('chair');
    const taking = observed.next();
    const call = await first.call(0);
    call.send(says('one', 5));
    expect((await taking).value?.kv.valueText()).to.equal('one');
    await second.stop();
    const next = observed.next();
    await poll('time to pass', () => performance.now() - startMs > 2 * timeoutMs || undefined);
    call.end();
    (await first.call(1)).send(says('one', 5));
    first.calls[1]?.send(says('two', 6));
    expect((await next).value?.kv.valueText()).to.equal('two');
    await observed.return();
  });

  it('ends when a waiting iterator is returned', async () => {
    const server = await start();
    const observed = connect([server]).observe('chair');
    const next = observed.next();
    await server.call(0);
    expect(await observed.return()).to.deep.equal({ done: true, value: undefined });
    expect(await next).to.deep.equal({ done: true, value: undefined });
    await poll('the stream to end', () => server.gone === 1 || undefined);
  });
});
