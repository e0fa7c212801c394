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
    const add = (name: string, call: CallContext = OWN_CALL): boolean =>
      queue.add(call, () => {
        began.push(name);
        return new Promise((resolve) => ends.push(resolve));
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
    let taken = 0;
    while (taken < 10_000 && queue.add(OWN_CALL, never)) taken += 1;
    expect(taken).to.be.below(2000);
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
