import { getEventListeners } from 'node:events';
import { types } from 'node:util';
import { expect } from 'chai';
import { Code } from '../../../src/rpc/status.js';
import { poll } from '../../support/poll.js';
import { openedServers } from '../opened-servers.js';
import { WatchServer } from './watch-server.js';

const UNAVAILABLE = { code: Code.UNAVAILABLE, message: 'etcdserver: server stopped' };

describe('a client watch under failures', () => {
  const { start, connect } = openedServers(() => WatchServer.start());
  /** Counts pauses, and makes each as short as possible. */
  const counting = (): { readonly random: { next: () => number }; pauses: number } => {
    const counter = { pauses: 0, random: { next: () => (counter.pauses++, 0) } };
    return counter;
  };

  it('pauses before it returns to members that create the watch and end it at once', async () => {
    // A created watch counted as a success, so two members that failed right after it were tried in turn without a
    // pause, hundreds of times a second.
    const servers = [await start(), await start()] as const;
    const counter = counting();
    const client = connect(servers, { random: counter.random });
    client.watch({ key: 'a' });
    for (let round = 1; round <= 3; round++) {
      for (const server of servers) (await server.next()).created(4).fail(UNAVAILABLE);
    }
    const fourth = await servers[0].next();
    expect(counter.pauses).to.equal(3);
    // An event counts as a success: the next member is tried at once, and the count of failed members starts again.
    fourth.created(5).tell('a=1 @5').fail(UNAVAILABLE);
    (await servers[1].next()).created(5);
    expect(counter.pauses).to.equal(3);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    // Waiting for either of two signals left a weak reference on each, for every pause and every watch.
    const server = await start();
    const client = connect([server]);
    const { signal } = new AbortController();
    for (let times = 0; times < 3; times++) {
      const watch = client.watch({ key: 'a', signal });
      (await server.next()).created(4).fail(UNAVAILABLE);
      (await server.next()).created(4);
      await watch.close();
    }
    expect(leftOn(signal)).to.deep.equal([]);
  });

  it('delivers events with revisions below that of an earlier progress notification', async () => {
    // etcd 3.4 answers a progress request with the newest revision, even for a watch that is still catching up. The
    // client then took later events for duplicates.
    const server = await start();
    const watch = connect([server]).watch({ key: 'a', startRevision: 5 });
    (await server.next()).created(20).tell('a=1 @5').send({ watchId: -1 }, 20);
    const seen: number[] = [];
    const taking = (async () => {
      for await (const { revision } of watch) if (seen.push(revision) === 3) break;
    })();
    server.watches[0]?.tell('a=2 @6', 'a=3 @7');
    await taking;
    expect(seen).to.deep.equal([5, 6, 7]);
  });

  it('ends when a waiting iterator is returned', async () => {
    // The return of a generator waits for its next value, which might never come.
    const server = await start();
    const client = connect([server]);
    const iterators = [
      client.watch({ key: 'a' })[Symbol.asyncIterator](),
      client.watch({ key: 'b' }).batches(),
      connect([server]).watch({ key: 'c' })[Symbol.asyncIterator](),
    ];
    for (const iterator of iterators) {
      const next = iterator.next();
      const served = (await server.next()).created(4);
      expect(await iterator.return()).to.deep.equal({ done: true, value: undefined });
      expect(await next).to.deep.equal({ done: true, value: undefined });
      expect(await iterator.next()).to.deep.equal({ done: true, value: undefined });
      await poll('the stream to end', () => served.gone || undefined);
    }
  });

  it('can be disposed of at once if no member can be reached', async () => {
    const server = await start();
    const watch = connect([server], { timeoutMs: 600_000, connectTimeoutMs: 600_000 }).watch({ key: 'a' });
    (await server.next()).created(4);
    await watch.started;
    await server.stop();
    await watch[Symbol.asyncDispose]();
  });
});

/** The listeners of a signal, and Node's records of dependent signals. */
function leftOn(signal: AbortSignal): unknown[] {
  const kept = Object.getOwnPropertySymbols(signal).map((symbol): unknown => Reflect.get(signal, symbol));
  const dependants = kept.filter((value): value is Set<unknown> => types.isSet(value)).flatMap((set) => [...set]);
  return [...getEventListeners(signal, 'abort'), ...dependants];
}
