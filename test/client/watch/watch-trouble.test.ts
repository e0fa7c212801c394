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
  /** Counts pauses, and has each be as short as it can. */
  const counting = (): { readonly random: { next: () => number }; pauses: number } => {
    const counter = { pauses: 0, random: { next: () => (counter.pauses++, 0) } };
    return counter;
  };

  it('pauses before it returns to members that create the watch and end it at once', async () => {
    // Story: a created watch counted as a success, so that two members which broke off right behind it were asked in turn
    // without a pause, hundreds of times a second.
    const servers = [await start(), await start()] as const;
    const counter = counting();
    const client = connect(servers, { random: counter.random });
    client.watch({ key: 'a' });
    for (let round = 1; round <= 3; round++) {
      for (const server of servers) (await server.next()).created(4).fail(UNAVAILABLE);
    }
    const fourth = await servers[0].next();
    expect(counter.pauses).to.equal(3);
    // An event is a success: the next member is asked at once, and the round begins anew.
    fourth.created(5).tell('a=1 @5').fail(UNAVAILABLE);
    (await servers[1].next()).created(5);
    expect(counter.pauses).to.equal(3);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    // Story: what waited for either of two signals left a weak reference on each, for every pause and every watch.
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

  it('delivers events that follow a progress notification beyond them', async () => {
    // Story: etcd 3.4 answers a question for the progress with the newest revision, whatever a watch that catches up has been
    // told until then. What came afterwards was taken for told.
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
    // Story: the return of a generator waits for its next value, which might never come.
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

  it('is disposed of at once if no member can be reached', async () => {
    const server = await start();
    const watch = connect([server]).watch({ key: 'a' });
    (await server.next()).created(4);
    await watch.started;
    await server.stop();
    const startMs = performance.now();
    await watch[Symbol.asyncDispose]();
    expect(performance.now() - startMs).to.be.below(900);
  });
});

/** Listeners, and what Node keeps of signals that depend on this one. */
function leftOn(signal: AbortSignal): unknown[] {
  const kept = Object.getOwnPropertySymbols(signal).map((symbol): unknown => Reflect.get(signal, symbol));
  const dependants = kept.filter((value): value is Set<unknown> => types.isSet(value)).flatMap((set) => [...set]);
  return [...getEventListeners(signal, 'abort'), ...dependants];
}
