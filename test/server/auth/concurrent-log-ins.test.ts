import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { HashingQueue } from '../../../src/server/auth/hashing-queue.js';
import { hashesAtOnce } from '../../../src/server/auth/passwords.js';
import type { CallContext } from '../../../src/rpc/service.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { PASSWORD, SecuredMember } from './secured-member.js';

const p = etcdserverpb;

describe('HashingQueue', () => {
  it('runs a bounded number of jobs at a time, in order, and none of a caller who has left', async () => {
    const queue = new HashingQueue(2);
    const ends: (() => void)[] = [];
    const began: string[] = [];
    const add = (name: string, call: CallContext = OWN_CALL): void =>
      queue.add({
        call,
        refuse: () => began.push(`not ${name}`),
        run: () => {
          began.push(name);
          return new Promise((resolve) => ends.push(resolve));
        },
      });
    for (const name of ['a', 'b', 'c']) add(name);
    add('gone', { ...OWN_CALL, cancelled: true });
    add('d');
    expect(began).to.deep.equal(['a', 'b']);
    expect(queue.waiting).to.equal(3);
    ends.shift()?.();
    await new Promise(setImmediate);
    expect(began).to.deep.equal(['a', 'b', 'c']);
    ends.shift()?.();
    ends.shift()?.();
    await new Promise(setImmediate);
    expect(began).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('refuses jobs beyond its bound', () => {
    const queue = new HashingQueue(1);
    const never = (): Promise<void> => new Promise(() => undefined);
    let refused = 0;
    const add = (call: CallContext = OWN_CALL): void => queue.add({ call, run: never, refuse: () => (refused += 1) });
    for (let at = 0; at < 2_000; at++) add();
    expect([queue.waiting, refused]).to.deep.equal([1024, 975]);
  });

  // One client that sent wrong passwords without a pause filled the queue: log-ins of all others waited for a minute, or were
  // refused.
  it('lets addresses take turns, and the one with the most give way', async () => {
    const queue = new HashingQueue(1);
    const refused: string[] = [];
    const began: string[] = [];
    const ends: (() => void)[] = [];
    const add = (name: string, call: CallContext): void =>
      queue.add({
        call,
        refuse: () => refused.push(name),
        run: () => {
          began.push(name);
          return new Promise((resolve) => ends.push(resolve));
        },
      });
    const flooder: CallContext = { ...OWN_CALL, remote: '10.0.0.1:1000' };
    for (let at = 0; at <= 1024; at++) add(`flood ${at}`, { ...flooder, remote: `10.0.0.1:${at}` });
    expect([queue.waiting, refused]).to.deep.equal([1024, []]);
    add('root', { ...OWN_CALL, remote: '10.0.0.2:1000' });
    add('flood', flooder);
    expect([queue.waiting, refused]).to.deep.equal([1024, ['flood 1024', 'flood']]);
    for (let turns = 0; turns < 3; turns++) {
      ends.shift()?.();
      await new Promise(setImmediate);
    }
    expect(began).to.deep.equal(['flood 0', 'flood 1', 'root', 'flood 2']);
  });

  it('forgets the jobs of callers who leave while they wait', () => {
    const queue = new HashingQueue(0);
    const leaves: (() => void)[] = [];
    const call: CallContext = { ...OWN_CALL, onCancel: (leave) => void leaves.push(leave) };
    const add = (): void => queue.add({ call, run: () => Promise.resolve(), refuse: () => undefined });
    for (let at = 0; at < 10; at++) add();
    for (const leave of leaves.slice(3)) leave();
    expect(queue.waiting).to.equal(3);
  });

  it('leaves threads of the pool to the disk', () => {
    expect(hashesAtOnce()).to.be.within(1, 2);
  });
});

describe('50 log-ins at a time', () => {
  // Were passwords hashed on the event loop, there would be about one read for each of them.
  it('do not hold the event loop', async function () {
    this.timeout(60_000);
    const secured = await SecuredMember.start({ bcryptCost: 8 });
    try {
      await secured.enable();
      await secured.logIn('root');
      let answered = 0;
      const logIns = Array.from({ length: 50 }, async () => {
        const request = { name: 'root', password: PASSWORD };
        const { code } = await secured.call('Auth/Authenticate', p.AuthenticateRequest, request);
        answered += 1;
        return code;
      });
      let reads = 0;
      for (; answered < logIns.length; reads++) {
        await secured.do('KV/Range', p.RangeRequest, { key: Buffer.from('k'), serializable: true }, 'root');
      }
      const codes = await Promise.all(logIns);
      expect(new Set(codes)).to.deep.equal(new Set([0]));
      expect(reads, 'reads meanwhile').to.be.above(150);
    } finally {
      await secured.dispose();
    }
  });
});
