import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { RaftKvError } from '../../../src/client/index.js';
import type { Client, Watch, WatchBatch, WatchEvent } from '../../../src/client/index.js';
import { Code } from '../../../src/rpc/status.js';
import { poll } from '../../support/poll.js';
import { openedServers } from '../opened-servers.js';
import { WatchServer, type ServedWatch } from './watch-server.js';
import { clientErrorOf } from '../../support/rejections.js';

const UNAVAILABLE = { code: Code.UNAVAILABLE, message: 'etcdserver: server stopped' };

/** Events in the notation of the server's script. */
function textOf(event: WatchEvent): string {
  const { key, revision } = event;
  return event.type === 'put'
    ? `${key.toString()}=${event.kv.valueText()} @${revision}`
    : `${key.toString()} @${revision}`;
}

async function drain(watch: Watch): Promise<void> {
  for await (const _ of watch) void _;
}

/** Collects events in the background. */
function collect(watch: Watch): { readonly texts: string[]; readonly done: Promise<void> } {
  const texts: string[] = [];
  const take = async (): Promise<void> => {
    for await (const event of watch) texts.push(textOf(event));
  };
  const done = take();
  done.catch(() => undefined);
  return { texts, done };
}

describe('a client watch', () => {
  const { start, connect } = openedServers(() => WatchServer.start(), { timeoutMs: 2000 });
  const told = (texts: readonly string[], count: number): Promise<true> =>
    poll(`${count} events`, () => (texts.length >= count ? true : undefined));

  it('sends its options, and requires a member with a leader', async () => {
    const server = await start();
    const client = connect([server]);
    const asked: [Parameters<Client['watch']>[0], string, string][] = [
      [{ key: 'a' }, 'a', ''],
      [{ prefix: 'a/' }, 'a/', 'a0'],
      [{ from: 'a', to: 'c' }, 'a', 'c'],
      [{ from: 'a' }, 'a', '\0'],
      [{ all: true }, '\0', '\0'],
    ];
    for (const [options, key, rangeEnd] of asked) {
      const watch = client.watch({
        ...options,
        startRevision: 7,
        prevKv: true,
        filters: ['delete'],
      });
      const { creation, hasLeader } = await server.next();
      expect([String(creation.key), String(creation.rangeEnd), hasLeader]).to.deep.equal([key, rangeEnd, 'true']);
      const { startRevision, prevKv, progressNotify, fragment, filters } = creation;
      expect([Number(startRevision), prevKv, progressNotify, fragment, filters]).to.deep.equal([
        7,
        true,
        true,
        true,
        [1],
      ]);
      await watch.close();
    }
    expect(() => client.watch({ key: '' })).to.throw(RaftKvError, 'the key is empty');
    expect(() => client.watch({ key: 'a', startRevision: -1 })).to.throw(
      RaftKvError,
      'startRevision must be an integer',
    );
  });

  it('delivers events one by one, and ends at the server when the consumer stops', async () => {
    const server = await start();
    const watch = connect([server]).watch({ prefix: 'a' });
    const served = (await server.next()).created(4).tell('a=1 @5', 'ab=2 @5').tell('a @6', 'a=3 @7');
    expect((await watch.started).revision).to.equal(4);
    const seen: string[] = [];
    for await (const event of watch) {
      seen.push(textOf(event));
      if (event.revision === 6) break;
    }
    expect(seen).to.deep.equal(['a=1 @5', 'ab=2 @5', 'a @6']);
    await poll('the stream to end', () => (served.gone ? true : undefined));
  });

  it('counts a revision as taken once the event after it is requested', async () => {
    const server = await start();
    const watch = connect([server]).watch({ prefix: 'a' });
    (await server.next()).created(4).tell('a=1 @5', 'ab=2 @5', 'a=2 @6').send({}, 9);
    await watch.started;
    const revisions = [watch.revision];
    for await (const event of watch) {
      revisions.push(watch.revision);
      if (event.revision === 6) break;
    }
    // While the second event of revision 5 is being handled, only earlier events count.
    expect(revisions).to.deep.equal([4, 4, 4, 5]);
  });

  it('resumes on a new stream behind the last revision received, and repeats no event', async () => {
    const server = await start();
    const { texts } = collect(connect([server]).watch({ prefix: 'a' }));
    (await server.next()).created(4).tell('a=1 @5').tell('a=2 @6', 'b=2 @6').fail(UNAVAILABLE);
    const second = await server.next();
    expect(second.startRevision).to.equal(7);
    // A server that starts too early.
    second.created(6).tell('a=1 @5').tell('a=2 @6', 'b=2 @6', 'a=3 @7').end();
    const third = await server.next();
    expect(third.startRevision).to.equal(8);
    third.created(9).tell('a=4 @9');
    await told(texts, 5);
    server.cut();
    expect((await server.next()).startRevision).to.equal(10);
    expect(texts).to.deep.equal(['a=1 @5', 'a=2 @6', 'b=2 @6', 'a=3 @7', 'a=4 @9']);
  });

  it('fixes the start revision of "from now on", so that writes between two streams are not lost', async () => {
    const server = await start();
    const watch = connect([server]).watch({ key: 'a' });
    const { texts } = collect(watch);
    const first = await server.next();
    expect(first.startRevision).to.equal(0);
    first.fail(UNAVAILABLE); // The watch was not created yet.
    const second = await server.next();
    expect(second.startRevision).to.equal(0);
    second.created(4).fail(UNAVAILABLE);
    const third = await server.next();
    expect(third.startRevision).to.equal(5);
    third.created(6).tell('a=while away @5');
    await told(texts, 1);
  });

  it('reassembles fragments, and repeats an interrupted set from its start', async () => {
    const server = await start();
    const watch = connect([server]).watch({ prefix: 'a', startRevision: 5 });
    const batches: WatchBatch[] = [];
    void (async () => {
      for await (const batch of watch.batches()) batches.push(batch);
    })();
    const fragment = (served: ServedWatch, more: boolean, ...keys: string[]): void => {
      const events = keys.map((key) => ({
        kv: { key: Buffer.from(key), modRevision: 5, createRevision: 5, version: 1 },
      }));
      served.send({ events, fragment: more });
    };
    const first = (await server.next()).created(9);
    fragment(first, true, 'a1', 'a2');
    fragment(first, true, 'a3');
    first.fail(UNAVAILABLE);
    const second = await server.next();
    expect(second.startRevision, 'nothing of it was told').to.equal(5);
    second.created(9);
    fragment(second, true, 'a1', 'a2');
    fragment(second, true, 'a3');
    fragment(second, false, 'a4');
    await poll('a batch', () => batches[0]);
    expect(batches.map(({ events, revision }) => [events.map(({ key }) => key.toString()), revision])).to.deep.equal([
      [['a1', 'a2', 'a3', 'a4'], 5],
    ]);
  });

  it('resumes from the last progress notification, but never from an earlier revision', async () => {
    const server = await start();
    const watch = connect([server]).watch({ key: 'a', startRevision: 5 });
    const batches: [number, number][] = [];
    void (async () => {
      for await (const { events, revision } of watch.batches()) batches.push([events.length, revision]);
    })();
    watch.requestProgress();
    const first = (await server.next()).created(6);
    await poll('the question', () => (first.progressAsked >= 1 ? true : undefined));
    first.send({ watchId: -1 }, 20);
    await poll('the progress', () => batches[0]);
    first.fail(UNAVAILABLE);
    const second = await server.next();
    expect(second.startRevision).to.equal(21);
    // This member lags behind the other, and dies before it answers another progress request.
    second.created(12).send({ watchId: -1 }, 12);
    await poll('two batches', () => batches[1]);
    watch.requestProgress();
    await poll('the question', () => (second.progressAsked >= 1 ? true : undefined));
    second.fail(UNAVAILABLE);
    const third = (await server.next()).created(21);
    expect(third.startRevision).to.equal(21);
    await poll('the question again', () => (third.progressAsked >= 1 ? true : undefined));
    expect(batches).to.deep.equal([
      [0, 20],
      [0, 20],
    ]);
  });

  // An etcd drops a request for progress while a watch on the stream has not received all events, and does not answer later.
  it('repeats a request for progress until it is answered', async () => {
    const server = await start();
    const watch = connect([server]).watch({ key: 'a', startRevision: 5 });
    const batches: number[] = [];
    void (async () => {
      for await (const { revision } of watch.batches()) batches.push(revision);
    })();
    const first = (await server.next()).created(6);
    await watch.started;
    watch.requestProgress();
    await poll('the question again', () => (first.progressAsked >= 2 ? true : undefined));
    first.send({ watchId: -1 }, 20);
    await poll('the progress', () => batches[0]);
    const asked = first.progressAsked;
    watch.requestProgress();
    await poll('another question', () => (first.progressAsked > asked ? true : undefined));
    first.send({ watchId: -1 }, 21);
    await poll('further progress', () => batches[1]);
    expect(batches.slice(0, 2)).to.deep.equal([20, 21]);
  });

  it('does not deliver progress that was not requested, but resumes from it', async () => {
    // Without writes for hours, all but the newest revisions were compacted. The member died, and the watch ended as
    // compacted, although it had missed nothing.
    const server = await start();
    const watch = connect([server]).watch({ key: 'a' });
    const { texts } = collect(watch);
    const first = (await server.next()).created(4);
    first.send({}, 90);
    first.tell('a=1 @91').send({}, 95);
    first.fail(UNAVAILABLE);
    const second = (await server.next()).created(95);
    expect(second.startRevision).to.equal(96);
    second.tell('a=2 @96');
    await told(texts, 2);
    expect(texts).to.deep.equal(['a=1 @91', 'a=2 @96']);
    const wants = connect([server]).watch({ key: 'a', progressNotify: true });
    (await server.next()).created(4).send({}, 8);
    for await (const batch of wants.batches()) {
      expect([batch.events.length, batch.revision]).to.deep.equal([0, 8]);
      break;
    }
  });

  it('moves to another member when its own dies, refuses, or has no room', async () => {
    const servers = [await start(), await start(), await start()] as const;
    const { texts } = collect(connect(servers).watch({ key: 'a' }));
    (await servers[0].next()).created(4).tell('a=1 @5');
    await told(texts, 1);
    await servers[0].stop();
    const second = await servers[1].next();
    expect(second.startRevision).to.equal(6);
    second.fail({ code: Code.UNAVAILABLE, message: 'etcdserver: no leader' });
    (await servers[2].next()).send({
      watchId: -1,
      created: true,
      canceled: true,
      cancelReason: 'etcdserver: too many requests',
    });
    (await servers[1].next()).fail({
      code: Code.FAILED_PRECONDITION,
      message: 'etcdserver: rpc not supported for learner',
    });
    (await servers[2].next()).created(7).tell('a=2 @7');
    await told(texts, 2);
    expect(texts).to.deep.equal(['a=1 @5', 'a=2 @7']);
  });

  it('fails with compacted after all events before it', async () => {
    const server = await start();
    const { texts, done } = collect(connect([server]).watch({ key: 'a' }));
    (await server.next()).created(4).tell('a=1 @5').fail(UNAVAILABLE);
    (await server.next()).created(40).send({ canceled: true, compactRevision: 30 }, 0);
    const { code, compactRevision, retryable, message } = await clientErrorOf(done);
    expect([code, compactRevision, retryable]).to.deep.equal(['compacted', 30, false]);
    expect(message).to.match(/has been compacted; the first revision that can be watched is 30/);
    expect(texts).to.deep.equal(['a=1 @5']);
  });

  it('fails with the reason for which the server cancelled it', async () => {
    const server = await start();
    const client = connect([server]);
    for (const [cancelReason, code] of [
      ['etcdserver: permission denied', 'permission-denied'],
      ['mvcc: watcher range is empty', 'invalid-argument'],
      ['', 'unknown'],
    ] as const) {
      const watch = client.watch({ key: 'a' });
      (await server.next()).send({ watchId: -1, created: true, canceled: true, cancelReason });
      const failure = await clientErrorOf(watch.started);
      expect([failure.code, failure.retryable]).to.deep.equal([code, false]);
      expect(await clientErrorOf(drain(watch))).to.equal(failure);
    }
    const refused = client.watch({ key: 'a' });
    (await server.next()).fail({ code: Code.UNIMPLEMENTED, message: 'unknown service' });
    expect((await clientErrorOf(refused.started)).code).to.equal('unimplemented');
  });

  it('fails if no member creates it in time', async () => {
    const server = await start();
    await server.stop();
    const watch = connect([server], { timeoutMs: 300, connectTimeoutMs: 100 }).watch({ key: 'a' });
    const failure = await clientErrorOf(watch.started);
    expect(failure.code).to.equal('unavailable');
    expect(await clientErrorOf(drain(watch))).to.equal(failure);
    const silent = await start();
    const unanswered = connect([silent], { timeoutMs: 300 }).watch({ key: 'a' });
    expect((await clientErrorOf(unanswered.started)).code).to.equal('deadline-exceeded');
  });

  it('waits for members without limit once it has started, or for reconnectMs', async () => {
    const server = await start();
    // The first start has enough time on a busy machine; the limit of interruptions is separate.
    const client = connect([server], { timeoutMs: 10_000, connectTimeoutMs: 1000 });
    const patient = collect(client.watch({ key: 'a' }));
    (await server.next()).created(4);
    const hasty = client.watch({ key: 'a', reconnectMs: 100 });
    (await server.next()).created(4);
    await hasty.started;
    await server.stop();
    expect((await clientErrorOf(drain(hasty))).code).to.equal('unavailable');
    let settled = false;
    void patient.done.then(
      () => (settled = true),
      () => (settled = true),
    );
    await delay(0);
    expect(settled, 'the other goes on trying').to.equal(false);
  });

  it('is cancelled by a signal at any time, and leaves no stream behind', async () => {
    const server = await start();
    const client = connect([server]);
    const reason = new Error('enough');
    const early = client.watch({ key: 'a', signal: AbortSignal.abort(reason) });
    expect((await clientErrorOf(early.started)).cause).to.equal(reason);
    const controller = new AbortController();
    const waiting = collect(client.watch({ key: 'a', signal: controller.signal }));
    const served = (await server.next()).created(4).tell('a=1 @5');
    await told(waiting.texts, 1);
    controller.abort(reason);
    const failure = await clientErrorOf(waiting.done);
    expect([failure.code, failure.cause]).to.deep.equal(['cancelled', reason]);
    await poll('the stream to end', () => (served.gone ? true : undefined));
    await server.stop();
    const lost = new AbortController();
    const reconnecting = client.watch({ key: 'a', signal: lost.signal });
    lost.abort();
    expect((await clientErrorOf(drain(reconnecting))).code).to.equal('cancelled');
  });

  it('fails as closed with its client, and ends without an error when closed itself', async () => {
    const server = await start();
    const client = connect([server]);
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const watches = Array.from({ length: 30 }, () => client.watch({ key: 'a' }));
    for (const _ of watches) (await server.next()).created(1);
    await watches[0]?.close();
    await drain(watches[0] as Watch);
    await client.close();
    for (const watch of watches.slice(1)) expect((await clientErrorOf(drain(watch))).code).to.equal('closed');
    process.off('warning', onWarning);
    // Node warns about many listeners on one signal.
    expect(warnings).to.deep.equal([]);
  });

  it('stops reading while the consumer takes no events', async () => {
    const server = await start();
    const watch = connect([server]).watch({ key: 'a' });
    const served = (await server.next()).created(1);
    await watch.started;
    const value = Buffer.alloc(100_000, 'v');
    let sent = 0;
    const more = (): void => {
      let room = true;
      while (room && sent < 1000) {
        sent++;
        room = served.send({ events: [{ kv: { key: Buffer.from('a'), value, modRevision: sent + 1 } }] });
      }
    };
    served.onDrain(more);
    more();
    let before = 0;
    await poll('the client to read no more', async () => {
      const standsStill = before === sent;
      before = sent;
      await delay(100);
      return standsStill && before === sent ? true : undefined;
    });
    expect(sent, 'a megabyte or two, of a hundred').to.be.below(60);
    let seen = 0;
    for await (const event of watch) {
      expect(event.revision).to.equal(seen + 2);
      if (++seen === 200) break;
    }
  });

  it('does not resume while events of earlier streams are not taken', async () => {
    // A paused consumer got another megabyte on each stream that broke.
    const server = await start();
    const client = connect([server]);
    const watch = client.watch({ key: 'a' });
    const first = (await server.next()).created(1);
    const value = Buffer.alloc(1024 * 1024, 'v');
    first.send({ events: [{ kv: { key: Buffer.from('a'), value, modRevision: 2 } }] }, 2);
    first.end();
    // Another watch whose streams end reconnects each time, after a pause as long as this one's would be.
    client.watch({ key: 'b' });
    for (let times = 0; times < 4; times++) {
      const other = (await server.next()).created(1);
      expect(String(other.creation.key)).to.equal('b');
      other.end();
    }
    const { texts } = collect(watch);
    const asked = (): boolean => server.watches.some(({ startRevision }) => startRevision === 3);
    await poll('the next stream', () => (asked() ? true : undefined));
    expect(texts).to.have.length(1);
  });

  it('has only one consumer', async () => {
    const server = await start();
    const watch = connect([server]).watch({ key: 'a' });
    const { done } = collect(watch);
    expect((await clientErrorOf(drain(watch))).code).to.equal('invalid-argument');
    await watch.close();
    await done;
  });
});
