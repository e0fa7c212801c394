import { expect } from 'chai';
import { Client, op, RaftKvError, txn } from '../../src/client/index.js';
import type { WatchEvent } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

/**
 * Writes without a pause, sometimes several keys in one transaction; writes with an unknown outcome are not repeated.
 */
class Writer {
  written = 0;
  #running = true;
  readonly #done: Promise<void>;

  constructor(client: Client) {
    this.#done = this.#run(client);
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #run(client: Client): Promise<void> {
    let at = 0;
    while (this.#running) {
      at++;
      try {
        if (at % 5 === 0) await client.txn(txn().do(op.put('w/a', `${at}`), op.put('w/b', `${at}`), op.delete('w/c')));
        else await client.put(`w/${'abc'[at % 3]}`, `${at}`);
        this.written++;
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
      }
    }
  }
}

describe('a watch over kills and restarts', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  let client: Client;

  beforeEach(async () => {
    cluster = await ProcessCluster.start();
    client = new Client({ endpoints: cluster.clients.map(({ endpoint }) => endpoint) });
  });

  afterEach(async () => {
    await client.close();
    await cluster.dispose();
  });

  /** The store's contents once all of it is applied. */
  function replay(events: readonly WatchEvent[]): Readonly<Record<string, string>> {
    const state = new Map<string, string>();
    for (const event of events) {
      if (event.type === 'put') state.set(event.kv.keyText(), event.kv.valueText());
      else state.delete(event.key.toString());
    }
    return Object.fromEntries(state);
  }

  it('delivers every revision once, in order, although members are killed', async () => {
    const watches = [
      client.watch({ prefix: 'w/', prevKv: true }),
      client.watch({ key: 'w/a', startRevision: 1 }),
    ] as const;
    const [all, one] = watches.map(() => [] as WatchEvent[]) as [WatchEvent[], WatchEvent[]];
    const taking = watches.map(async (watch, at) => {
      for await (const event of watch) (at === 0 ? all : one).push(event);
    });
    await Promise.all(watches.map(({ started }) => started));
    const writer = new Writer(client);
    const enough = async (): Promise<void> => {
      const target = all.length + 25;
      await poll('events', () => (all.length >= target ? true : undefined), 30_000);
    };
    await enough();
    for (let round = 0; round < 2; round++) {
      // The leader, which becomes the watches' own member sooner or later.
      const victim =
        round === 1 ? defined(cluster.others(await cluster.leader())[0], 'a follower') : await cluster.leader();
      await cluster.kill9(victim);
      await enough();
      cluster.spawn(victim);
      await cluster.ready();
    }
    await cluster.kill9(...cluster.all);
    for (const index of cluster.all) cluster.spawn(index);
    await cluster.ready();
    await enough();
    await writer.stop();
    const { header, kvs } = await client.range({ prefix: 'w/' }, { consistency: 'consistent' });
    await poll('the last event', () => (all.at(-1)?.revision === header.revision ? true : undefined));

    // Every revision wrote below the prefix: none may be missing.
    const revisions = [...new Set(all.map(({ revision }) => revision))];
    expect(revisions).to.deep.equal(Array.from({ length: header.revision - 1 }, (_, at) => at + 2));
    expect(all.map(({ revision }) => revision)).to.deep.equal(
      [...all.map(({ revision }) => revision)].sort((a, b) => a - b),
    );
    expect(replay(all)).to.deep.equal(Object.fromEntries(kvs.map((kv) => [kv.keyText(), kv.valueText()])));
    const lastOfA = all.filter(({ key }) => key.toString() === 'w/a');
    await poll('the last event of a', () => (one.length >= lastOfA.length ? true : undefined));
    expect(one.map(({ revision }) => revision)).to.deep.equal(lastOfA.map(({ revision }) => revision));
    // Each previous version is the one that the previous event created.
    const held = new Map<string, number>();
    for (const event of all) {
      expect(event.prevKv?.modRevision).to.equal(held.get(event.key.toString()));
      if (event.type === 'put') held.set(event.key.toString(), event.revision);
      else held.delete(event.key.toString());
    }
    await Promise.all(watches.map((watch) => watch.close()));
    await Promise.all(taking);
  });
});
