import { expect } from 'chai';
import { Client, op, txn } from '../../../src/client/index.js';
import type { Lock } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';
import { aborted } from '../../support/fake-lessor.js';
import { poll } from '../../support/poll.js';
import { LossyFront } from '../session/lossy-front.js';
import { clientErrorOf } from '../../support/rejections.js';

describe('client locks and elections', () => {
  let lone: LoneMember;
  let client: Client;
  let other: Client;
  let names = 0;
  let name: string;

  before(async () => {
    lone = await LoneMember.start();
    const endpoints = [endpointOf(lone.member)];
    client = new Client({ endpoints });
    other = new Client({ endpoints });
  });

  beforeEach(() => {
    name = `name-${++names}`;
  });

  after(async () => {
    await client.close();
    await other.close();
    await lone.dispose();
  });

  afterEach('nothing is left', async () => {
    expect((await client.leaseList()).ids).to.deep.equal([]);
  });

  const keys = async (): Promise<string[]> => {
    const { kvs } = await client.range({ prefix: `${name}/` }, { sort: { by: 'create' } });
    return kvs.map((kv) => kv.keyText());
  };
  const queued = async (count: number): Promise<unknown> =>
    await poll(`${count} in the queue`, async () => ((await keys()).length === count ? true : undefined));

  describe('a lock', () => {
    it('is held by one client at a time, in order of arrival, with growing tokens', async () => {
      const order: string[] = [];
      let revision = 0;
      const first = await client.lock(name);
      const waits = [];
      for (const who of ['second', 'third']) {
        const waiting = other.lock(name).then(async (lock) => {
          order.push(who);
          expect(lock.revision).to.be.above(revision);
          ({ revision } = lock);
          await lock.release();
        });
        waits.push(waiting);
        await queued(waits.length + 1);
      }
      ({ revision } = first);
      expect(order).to.deep.equal([]);
      await first.release();
      await Promise.all(waits);
      expect(order).to.deep.equal(['second', 'third']);
    });

    it('guards a transaction only while it is held', async () => {
      const write = async (lock: Lock, value: string): Promise<boolean> =>
        (await client.txn(txn().when(lock.isHeld()).do(op.put('guarded', value)))).succeeded;
      let held: Lock;
      {
        await using lock = await client.lock(name);
        held = lock;
        expect(await write(lock, 'one')).to.equal(true);
      }
      expect(await write(held, 'two')).to.equal(false);
      await using next = await client.lock(name);
      expect(next.revision).to.be.above(held.revision);
      expect(await write(held, 'three')).to.equal(false);
      expect((await client.get('guarded')).kv?.valueText()).to.equal('one');
      expect(held.signal.aborted, 'it was given back, not lost').to.equal(false);
    });

    it('is lost with its lease, which every interface reports', async () => {
      const lock = await client.lock(name);
      const told: string[] = [];
      lock.lease.on('lost', ({ code }) => told.push(code));
      await other.leaseRevoke(lock.lease.id);
      await aborted(lock.signal);
      expect((await lock.lost).code).to.equal('lease-lost');
      expect(lock.signal.reason).to.equal(await lock.lost);
      expect(told).to.deep.equal(['lease-lost']);
      await lock.release();
    }).timeout(300_000);

    it('leaves no place in the queue when a wait is cancelled or times out', async () => {
      await using held = await client.lock(name);
      const stop = new AbortController();
      const cancelled = clientErrorOf(other.lock(name, { signal: stop.signal }));
      await queued(2);
      stop.abort();
      expect((await cancelled).code).to.equal('cancelled');
      expect(await keys()).to.deep.equal([held.key.toString()]);
      const late = await clientErrorOf(other.lock(name, { timeoutMs: 300 }));
      expect(late.code).to.equal('deadline-exceeded');
      expect(late.stack).to.match(/locks\.test\.ts/); // the caller: other calls have a test in client.test.ts
      expect(await keys()).to.deep.equal([held.key.toString()]);
      expect((await clientErrorOf(other.lock(name, { signal: AbortSignal.abort() }))).code).to.equal('cancelled');
    });

    it('is requested again with another lease when its lease is lost during the wait', async () => {
      const first = await client.lock(name);
      const waiting = other.lock(name);
      await queued(2);
      const [, lost] = (await client.range({ prefix: `${name}/` }, { sort: { by: 'create' } })).kvs;
      await client.leaseRevoke(lost?.lease ?? 0n);
      await poll('another place', async () => {
        const [, second] = await keys();
        return second !== undefined && second !== lost?.keyText() ? true : undefined;
      });
      await first.release();
      const lock = await waiting;
      expect(lock.key.toString()).not.to.equal(lost?.keyText());
      await lock.release();
    });

    it('is not awaited by a closed client', async () => {
      await using held = await client.lock(name);
      const third = new Client({ endpoints: client.endpoints });
      const closed = clientErrorOf(third.lock(name, { ttlSeconds: 1 }));
      await queued(2);
      await third.close();
      expect((await closed).code).to.equal('closed');
      // Its call was cancelled, and it can no longer revoke its lease.
      expect(await keys()).to.include(held.key.toString());
      await poll('the end of its lease', async () => ((await client.leaseList()).ids.length === 1 ? true : undefined));
      expect(await keys()).to.deep.equal([held.key.toString()]);
    });
  });

  // A cancelled campaign was reported as not applied, although its place was still in the queue, and could lead.
  describe('a campaign that fails', () => {
    for (const [what, silent, fate] of [
      ['has the fate "unknown" if the end of its lease is not confirmed', true, 'unknown'],
      ['has the fate "not-applied" if its lease has ended', false, 'not-applied'],
    ] as const) {
      it(what, async () => {
        const lossy = await LossyFront.start(endpointOf(lone.member));
        const remote = new Client({ endpoints: [lossy.endpoint] });
        await using held = await client.campaign(name, 'first');
        const stop = new AbortController();
        const failed = clientErrorOf(remote.campaign(name, 'second', { signal: stop.signal, ttlSeconds: 60 }));
        await queued(2);
        if (silent) lossy.silent.add('LeaseRevoke');
        stop.abort();
        expect((await failed).code).to.equal('cancelled');
        expect((await failed).fate).to.equal(fate);
        expect((await keys()).length).to.equal(silent ? 2 : 1);
        const own = (await client.leaseList()).ids.filter((id) => id !== held.lease.id);
        for (const id of own) await client.leaseRevoke(id);
        await remote.close();
        lossy.stop();
      });
    }
  });

  describe('an election', () => {
    it('has one leader with a value, and the next candidate leads when it resigns', async () => {
      expect((await client.leader(name)).kv).to.equal(undefined);
      const first = await client.campaign(name, 'one');
      const waiting = other.campaign(name, 'two');
      await queued(2);
      const leading = async (): Promise<string | undefined> => (await client.leader(name)).kv?.valueText();
      expect(await leading()).to.equal('one');
      const { header } = await first.proclaim('uno');
      expect(header.revision).to.be.above(first.revision);
      expect(await leading()).to.equal('uno');
      await first.resign();
      const second = await waiting;
      expect(second.revision).to.be.above(first.revision);
      expect(await leading()).to.equal('two');
      const error = await clientErrorOf(first.proclaim('still me'));
      expect([error.code, error.fate]).to.deep.equal(['lease-lost', 'not-applied']);
      expect(await leading()).to.equal('two');
      await second[Symbol.asyncDispose]();
      expect(await leading()).to.equal(undefined);
    });

    it('is observed from the current leader on, until the loop or the signal ends', async () => {
      const seen: string[] = [];
      const stop = new AbortController();
      const following = (async () => {
        for await (const { kv } of other.observe(name, { signal: stop.signal })) seen.push(kv.valueText());
      })();
      const said = async (value: string): Promise<unknown> =>
        await poll(value, () => (seen.at(-1) === value ? true : undefined));
      await using first = await client.campaign(name, 'one');
      await said('one');
      await first.proclaim('uno');
      await said('uno');
      for await (const { kv, header } of client.observe(name)) {
        expect(kv.valueText()).to.equal('uno');
        expect(header.revision).to.be.at.least(kv.modRevision);
        break;
      }
      await first.resign();
      await using second = await client.campaign(name, 'two');
      await said('two');
      expect(second.key.toString()).not.to.equal(first.key.toString());
      expect(seen).to.deep.equal(['one', 'uno', 'two']);
      stop.abort();
      expect((await clientErrorOf(following)).code).to.equal('cancelled');
    });
  });
});
