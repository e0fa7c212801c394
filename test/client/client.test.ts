import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { Client, compare, op, RaftKvError, txn } from '../../src/client/index.js';
import { FakeEtcd, FakeStore } from '../support/fake-etcd.js';
import { openedServers } from './opened-servers.js';
import { clientErrorOf } from '../support/rejections.js';

describe('client', () => {
  const { start, connect } = openedServers((store?: FakeStore, port?: number) => FakeEtcd.start(store, port), {
    timeoutMs: 3000,
  });

  it('puts, gets, ranges and deletes keys and values that are not UTF-8', async () => {
    const fake = await start();
    const client = connect([`http://${fake.endpoint}/`]);
    const key = Buffer.from([0xff, 0x00, 0x0a]);
    const { header } = await client.put(key, Buffer.from([0x80]));
    expect(header).to.deep.equal({
      clusterId: '0000000000000001',
      memberId: '0000000000000002',
      revision: 2,
      raftTerm: 3,
    });
    const { kv } = await client.get(key);
    expect(Object.fromEntries(Object.entries(kv ?? {}))).to.deep.equal({
      key,
      value: Buffer.from([0x80]),
      createRevision: 2,
      modRevision: 2,
      version: 1,
      lease: 0n,
    });
    expect((await client.get('absent')).kv).to.equal(undefined);
    await client.put('a', '1');
    await client.put('b', '2');
    const range = await client.range({ from: 'a', to: 'c' }, { limit: 1 });
    expect([range.kvs.map((each) => each.keyText()), range.count, range.more]).to.deep.equal([['a'], 2, true]);
    expect((await client.put('a', '3', { prevKv: true })).prevKv?.valueText()).to.equal('1');
    expect((await client.delete({ all: true })).deleted).to.equal(3);
  });

  it('selects a prefix whose end carries over, without touching the caller’s bytes', async () => {
    // The end of a prefix was computed in the caller's own buffer, since slice() of a Buffer does not copy: the range
    // had equal ends and was empty.
    const fake = await start();
    const client = connect([fake.endpoint]);
    const prefix = Buffer.from([0x61, 0xff]);
    await client.put(Buffer.from([0x61, 0xff, 0xff]), 'in');
    await client.put(Buffer.from([0x62]), 'out');
    const { kvs } = await client.range({ prefix });
    expect(kvs.map((kv) => kv.valueText())).to.deep.equal(['in']);
    expect([...prefix]).to.deep.equal([0x61, 0xff]);
    expect((await client.range({ prefix: Buffer.from([0xff]) })).count).to.equal(0);
    expect((await client.range({ prefix: '' })).count).to.equal(2);
  });

  it('rejects with an error whose stack leads to the caller', async () => {
    // The stack was that of a callback of grpc-js. Nothing in it showed which call of the program had failed.
    const fake = await start();
    const client = connect([fake.endpoint]);
    async function ofTheProgram(call: () => Promise<unknown>): Promise<unknown> {
      return await call();
    }
    fake.script = () => ({ kind: 'refuse', code: status.INVALID_ARGUMENT, text: 'etcdserver: no' });
    const calls = [() => client.get('a'), () => client.status(fake.endpoint)];
    for (const call of calls) {
      const { stack, cause } = await clientErrorOf(ofTheProgram(call));
      expect(stack)
        .to.match(/^RaftKvError: /)
        .and.to.match(/ofTheProgram \(.*client\.test\.ts/);
      expect(String(cause instanceof Error && cause.stack)).to.match(/grpc-js/);
    }
  });

  it('reports the freshness of an answer if the server does', async () => {
    const fake = await start();
    const client = connect([fake.endpoint]);
    expect((await client.get('a')).header.freshness).to.deep.equal({
      appliedIndex: 7,
      knownLeader: true,
      lastContactMs: undefined,
      stalenessMs: undefined,
    });
  });

  it('executes a transaction with typed results of either branch', async () => {
    const fake = await start();
    const client = connect([fake.endpoint]);
    const claim = txn()
      .when(compare.version('lock', '=', 0))
      .do(op.put('lock', 'me'), op.get('lock'))
      .otherwise(op.get('lock'));
    const first = await client.txn(claim);
    expect(first.succeeded && first.results[1].kv?.valueText()).to.equal('me');
    const second = await client.txn(claim);
    expect(!second.succeeded && second.results[0].kv?.version).to.equal(1);
  });

  it('scans a range in pages at the revision of the first', async () => {
    const fake = await start();
    const client = connect([fake.endpoint]);
    for (let number = 100; number < 300; number++) await client.put(`k${number}`, 'v');
    const seen: string[] = [];
    let revision = 0;
    for await (const kv of client.scan({ prefix: 'k' }, { pageBytes: 200, onRevision: (at) => (revision = at) })) {
      if (seen.length === 10) await client.put('k299x', 'written while the scan runs');
      seen.push(kv.keyText());
    }
    expect(seen).to.deep.equal(Array.from({ length: 200 }, (_, index) => `k${index + 100}`));
    expect(revision).to.equal(201);
    expect(fake.countOf('Range')).to.be.greaterThan(3);
  });

  describe('with members that fail', () => {
    it('finds the member that is up, and stays with it', async () => {
      const store = new FakeStore();
      const down = await start(store);
      down.stop();
      const up = await start(store);
      const client = connect([down.endpoint, up.endpoint]);
      await client.put('a', '1');
      await client.put('a', '2');
      expect(store.versionOf('a')).to.equal(2);
      expect(up.countOf('Put')).to.equal(2);
    });

    it('repeats a read at another member after any transient failure', async () => {
      const store = new FakeStore();
      const [first, second] = [await start(store), await start(store)];
      first.script = () => ({ kind: 'refuse', code: status.UNAVAILABLE, text: 'etcdserver: leader changed' });
      expect((await connect([first.endpoint, second.endpoint]).get('a')).kv).to.equal(undefined);
      expect([first.calls.length, second.calls.length]).to.deep.equal([1, 1]);
    });

    it('leaves a hanging member in time to read at another', async () => {
      const store = new FakeStore();
      const [first, second] = [await start(store), await start(store)];
      first.script = () => ({ kind: 'hang' });
      await connect([first.endpoint, second.endpoint], { timeoutMs: 3_000 }).get('a');
      expect(second.calls.length).to.equal(1);
    });

    it('repeats a write that the server refused for want of a leader', async () => {
      const fake = await start();
      fake.script = ({ number }) =>
        number <= 2 ? { kind: 'refuse', code: status.UNAVAILABLE, text: 'etcdserver: no leader' } : undefined;
      await connect([fake.endpoint]).put('a', '1');
      expect([fake.store.versionOf('a'), fake.calls.length]).to.deep.equal([1, 3]);
    });

    describe('and none that can serve', () => {
      const NO_LEADER = { kind: 'refuse', code: status.UNAVAILABLE, text: 'etcdserver: no leader' } as const;

      it('reports the answer of the living member, after asking it repeatedly', async () => {
        // Without a quorum, a call failed with the timeout of the last dead member instead of "no leader".
        const [live, dead] = [await start(), await start()];
        dead.stop();
        live.script = () => NO_LEADER;
        for (const endpoints of [
          [live.endpoint, dead.endpoint],
          [dead.endpoint, live.endpoint],
        ]) {
          const before = live.calls.length;
          const error = await clientErrorOf(connect(endpoints).put('a', '1', { timeoutMs: 1_500 }));
          expect(facts(error)).to.deep.equal({
            code: 'unavailable',
            fate: 'not-applied',
            retryable: true,
            grpcCode: 14,
          });
          expect(error.message).to.equal(`${live.endpoint}: etcdserver: no leader`);
          // RetryDelays of 25–50, 50–100, 100–200, 200–400 and then 250–500 ms fill the time.
          expect(live.calls.length - before).to.be.within(3, 10);
        }
      });

      it('fails a stale read that no member is fresh enough for after two rounds', async () => {
        // A read that allows staleness in order not to wait waited for the whole timeout.
        const [old, dead] = [await start(), await start()];
        dead.stop();
        const text = "raftkv: this member's state is up to 2000 ms old, more than 1000 ms";
        old.script = () => ({ kind: 'refuse', code: status.UNAVAILABLE, text });
        const client = connect([old.endpoint, dead.endpoint], { timeoutMs: 60_000 });
        const error = await clientErrorOf(client.get('a', { consistency: 'stale', maxStalenessMs: 1000 }));
        expect([error.message, error.code]).to.deep.equal([`${old.endpoint}: ${text}`, 'unavailable']);
        expect(old.calls.length).to.equal(2);
      });

      it('tries a stale read for one round only if a member hangs', async () => {
        const [old, hanging] = [await start(), await start()];
        const text = "raftkv: this member's state is of unknown age, more than 1000 ms";
        old.script = () => ({ kind: 'refuse', code: status.UNAVAILABLE, text });
        hanging.script = () => ({ kind: 'hang' });
        for (const [endpoints, timeoutMs] of [
          [[hanging.endpoint, old.endpoint], 2_000],
          [[old.endpoint, hanging.endpoint], 60_000],
        ] as const) {
          const [oldCalls, hangingCalls] = [old.calls.length, hanging.calls.length];
          const client = connect(endpoints, { timeoutMs, connectTimeoutMs: 200 });
          const error = await clientErrorOf(client.get('a', { consistency: 'stale', maxStalenessMs: 1000 }));
          expect(error.message).to.equal(`${old.endpoint}: ${text}`);
          expect([old.calls.length - oldCalls, hanging.calls.length - hangingCalls]).to.deep.equal([1, 1]);
        }
      });

      it('reports the answer also while another member hangs', async () => {
        const [live, hanging] = [await start(), await start()];
        live.script = () => NO_LEADER;
        hanging.script = () => ({ kind: 'hang' });
        const client = connect([live.endpoint, hanging.endpoint]);
        const message = new RegExp(
          `^${hanging.endpoint}: no answer in time.*; the last answer: ${live.endpoint}: .*no leader`,
        );
        const write = await clientErrorOf(client.put('a', '1', { timeoutMs: 1_000 }));
        expect([write.code, write.fate]).to.deep.equal(['deadline-exceeded', 'unknown']);
        expect(write.message).to.match(message);
      });
    });

    for (const text of ['etcdserver: leader changed', 'etcdserver: request timed out', 'etcdserver: server stopped']) {
      it(`never writes twice after "${text}"`, async () => {
        const fake = await start();
        fake.script = () => ({ kind: 'lose-answer', text });
        const error = await clientErrorOf(connect([fake.endpoint]).put('a', '1'));
        expect(facts(error)).to.deep.equal({ code: 'unavailable', fate: 'unknown', retryable: true, grpcCode: 14 });
        expect([fake.store.versionOf('a'), fake.calls.length]).to.deep.equal([1, 1]);
      });
    }

    // "server stopped" alone does not prove that a write was not applied; a removed member refuses writes at the gate.
    it('repeats a write at another member after one that was removed', async () => {
      const [removed, live] = [await start(), await start()];
      const text = 'etcdserver: server stopped: this member was removed from the cluster';
      removed.script = () => ({ kind: 'refuse', code: status.UNAVAILABLE, text });
      const client = connect([removed.endpoint, live.endpoint]);
      await client.put('a', '1');
      await client.put('a', '2');
      expect(live.store.versionOf('a')).to.equal(2);
    });

    it('reports refused writes as not applied', async () => {
      const fake = await start();
      const client = connect([fake.endpoint]);
      const cases = [
        [status.INVALID_ARGUMENT, 'etcdserver: request is too large', 'too-large'],
        [status.RESOURCE_EXHAUSTED, 'etcdserver: mvcc: database space exceeded', 'no-space'],
        [status.PERMISSION_DENIED, 'etcdserver: permission denied', 'permission-denied'],
        [status.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted', 'compacted'],
      ] as const;
      for (const [grpcCode, text, code] of cases) {
        fake.script = () => ({ kind: 'refuse', code: grpcCode, text });
        const error = await clientErrorOf(client.put('a', '1'));
        expect(facts(error)).to.deep.equal({ code, fate: 'not-applied', retryable: false, grpcCode });
      }
      fake.script = () => ({ kind: 'refuse', code: status.UNKNOWN, text: 'raft: stopped' });
      expect((await clientErrorOf(client.put('a', '1'))).fate).to.equal('unknown');
    });

    it('reports the fate of a write as unknown if its connection broke', async () => {
      const fake = await start();
      fake.script = () => {
        setImmediate(() => fake.stop());
        return { kind: 'hang' };
      };
      const error = await clientErrorOf(connect([fake.endpoint]).put('a', '1'));
      expect([error.fate, error.retryable]).to.deep.equal(['unknown', true]);
    });

    it('reports that no member could be reached, and that nothing was applied', async () => {
      const ports = [await start(), await start()].map((fake) => {
        fake.stop();
        return fake.endpoint;
      });
      const error = await clientErrorOf(connect(ports, { unreachableMs: 100 }).put('a', '1'));
      expect(facts(error)).to.deep.equal({ code: 'unavailable', fate: 'not-applied', retryable: true, grpcCode: 14 });
      expect(error.message).to.contain(ports.join(', ')).and.to.contain('connection refused');
    });

    it('waits for a lone member that restarts', async () => {
      const fake = await start();
      const client = connect([fake.endpoint]);
      await client.put('a', '1');
      fake.stop();
      const reading = client.get('a');
      const again = await start(fake.store, fake.port);
      expect((await reading).kv?.valueText()).to.equal('1');
      expect(again.calls.length).to.equal(1);
    });
  });

  describe('ends a call', () => {
    it('at its deadline, with the fate unknown for a write only', async () => {
      const fake = await start();
      const client = connect([fake.endpoint]);
      // On a busy machine the connection alone took longer than a short call's limit, which is a different error.
      await client.put('a', '0');
      fake.script = () => ({ kind: 'hang' });
      const read = await clientErrorOf(client.get('a', { timeoutMs: 500 }));
      expect([read.code, read.fate]).to.deep.equal(['deadline-exceeded', 'not-applied']);
      const write = await clientErrorOf(client.put('a', '1', { timeoutMs: 500 }));
      expect([write.code, write.fate]).to.deep.equal(['deadline-exceeded', 'unknown']);
      // The message is logged and shown, not the outcome.
      const text = `${fake.endpoint}: no answer in time`;
      expect(write.message).to.equal(`${text}; the write may or may not have been applied`);
      expect(read.message).to.equal(text);
    });

    it('by a signal that many calls share, without a warning on stderr', async () => {
      // Node warned of a leak when eleven pending calls shared one signal.
      const fake = await start();
      const client = connect([fake.endpoint]);
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      process.on('warning', onWarning);
      const { signal } = new AbortController();
      await Promise.all(Array.from({ length: 30 }, () => client.get('a', { signal })));
      process.off('warning', onWarning);
      expect(warnings).to.deep.equal([]);
    });

    it('by its signal, before and after it was sent', async () => {
      const fake = await start();
      const abort = new AbortController();
      fake.script = () => {
        abort.abort(new Error('enough'));
        return { kind: 'hang' };
      };
      const client = connect([fake.endpoint]);
      const sent = await clientErrorOf(client.put('a', '1', { signal: abort.signal }));
      expect([sent.code, sent.fate, sent.cause]).to.deep.equal(['cancelled', 'unknown', abort.signal.reason]);
      const unsent = await clientErrorOf(client.put('a', '1', { signal: abort.signal }));
      expect([unsent.code, unsent.fate, fake.calls.length]).to.deep.equal(['cancelled', 'not-applied', 1]);
    });

    it('when the client is closed, and leaves no handle behind', async () => {
      const fake = await start();
      const before = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
      let hanging: Promise<RaftKvError>;
      {
        await using client = new Client({ endpoints: [fake.endpoint] });
        await client.put('a', '1');
        fake.script = () => ({ kind: 'hang' });
        const write = client.put('a', '2');
        hanging = clientErrorOf(write);
        while (fake.countOf('Put') < 2) await new Promise(setImmediate);
      }
      const error = await hanging;
      expect([error.code, error.fate]).to.deep.equal(['closed', 'unknown']);
      const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
      while (sockets() > before) await new Promise(setImmediate);
    });
  });

  it('refuses malformed requests', async () => {
    const fake = await start();
    const client = connect([fake.endpoint]);
    const refusals = [
      client.get(''),
      client.put('', 'v'),
      client.get('a', { maxStalenessMs: 5 }),
      client.range({ from: 'a', to: '' }),
    ];
    for (const refusal of refusals) expect((await clientErrorOf(refusal)).code).to.equal('invalid-argument');
    for (const endpoint of ['', 'ftp://a:1', 'a b', 'a:99999']) {
      expect(() => new Client({ endpoints: [endpoint] })).to.throw(RaftKvError);
    }
    expect(() => new Client({ endpoints: [] })).to.throw(RaftKvError, 'no endpoint');
  });
});

function facts({ code, fate, retryable, grpcCode }: RaftKvError) {
  return { code, fate, retryable, grpcCode };
}
