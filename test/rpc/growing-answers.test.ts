import { expect } from 'chai';
import { MemberAnswers, type AnswerToMake, type ConnectionAnswers } from '../../src/rpc/answer-room.js';
import type { AnswerGrowth } from '../../src/util/answer-growth.js';
import { poll } from '../support/poll.js';

const BOUND = 10;

// Only answers that waited to be sent counted. When 64 clients asked for the whole store at the same time, 64 answers as
// large as the store were made before the first of them counted.
describe('the bound on answers that are being made', () => {
  let member: MemberAnswers;
  let ended: string[];

  const connection = (cut = (): void => undefined): ConnectionAnswers => member.connection(cut);
  /** States the size of an answer, and records whether it may grow. */
  const grow = (name: string, answer: AnswerGrowth, bytes: number): void => {
    const room = answer.holds(bytes);
    if (room === undefined) ended.push(`${name} goes on`);
    else void room.then((wanted) => ended.push(`${name} ${wanted ? 'goes on later' : 'is given up'}`));
  };
  const settle = async (): Promise<string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return ended.splice(0);
  };

  beforeEach(() => {
    member = new MemberAnswers({ memberBytesMax: BOUND, stalledMs: 100 });
    ended = [];
  });

  it('makes the younger answers wait, and lets the oldest grow beyond the bound', async () => {
    const [oldest, younger] = [connection().grow(), connection().grow()];
    grow('oldest', oldest, 4);
    grow('younger', younger, 5);
    expect(await settle()).to.deep.equal(['oldest goes on', 'younger goes on']);
    grow('younger', younger, 6);
    grow('oldest', oldest, 40);
    expect(await settle()).to.deep.equal(['oldest goes on']);
    oldest.end();
    oldest.end();
    expect(await settle()).to.deep.equal(['younger goes on later']);
    grow('younger', younger, 60);
    expect(await settle()).to.deep.equal(['younger goes on']);
    younger.end();
    grow('next', connection().grow(), BOUND - 1);
    expect(await settle()).to.deep.equal(['next goes on']);
  });

  it('makes all answers wait while unsent answers fill it', async () => {
    const holder = connection();
    holder.hold(BOUND);
    const answer = connection().grow();
    grow('answer', answer, 1);
    expect(await settle()).to.deep.equal([]);
    holder.release(1);
    expect(await settle()).to.deep.equal(['answer goes on later']);
  });

  it('gives up the answers of a closed connection, which no longer count', async () => {
    const [left, stays] = [connection(), connection()];
    left.hold(BOUND);
    const [abandoned, other] = [left.grow(), stays.grow()];
    grow('abandoned', abandoned, 30);
    grow('other', other, 1);
    expect(await settle()).to.deep.equal([]);
    left.close();
    expect(await settle()).to.deep.equal(['abandoned is given up']);
    grow('abandoned', abandoned, 31);
    abandoned.end();
    expect((await settle()).sort()).to.deep.equal(['abandoned is given up', 'other goes on later']);
    grow('late', left.grow(), 1);
    expect(await settle()).to.deep.equal(['late is given up']);
  });

  it('closes a connection that reads none of the answers that fill it', async () => {
    let cuts = 0;
    const stalled = connection(() => {
      cuts++;
      stalled.close();
    });
    stalled.hold(BOUND);
    grow('answer', connection().grow(), 1);
    await poll('the end of the stalled connection', () => cuts > 0 || undefined);
    expect(await settle()).to.deep.equal(['answer goes on later']);
  });
});

// Four clients with 16 long ranges each had all the places of a member, and no other client got an answer, even to a read of one
// key, which takes no place.
describe('the places of answers that take several turns', () => {
  let member: MemberAnswers;
  let made: string[];
  let finish: Map<string, () => void>;

  const answer = (name: string, isBrief = false): AnswerToMake => ({
    call: { cancelled: false },
    isBrief,
    make: () => {
      made.push(name);
      return isBrief ? undefined : new Promise((resolve) => finish.set(name, resolve));
    },
  });
  const settle = async (): Promise<string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return made.splice(0);
  };

  beforeEach(() => {
    member = new MemberAnswers({ makingPerMemberMax: 2, makingPerConnectionMax: 2 });
    made = [];
    finish = new Map();
  });

  /** A connection that knows the size of its answers. */
  const connection = (): ConnectionAnswers => {
    const made = member.connection(() => undefined);
    made.hold(1);
    made.release(1);
    return made;
  };

  it('keep one for each connection, and hold up no answer that is made at once', async () => {
    const [greedy, modest] = [connection(), connection()];
    for (const name of ['a', 'b', 'c']) greedy.admit(answer(name));
    expect(await settle()).to.deep.equal(['a', 'b']);
    greedy.admit(answer('brief', true));
    modest.admit(answer('d'));
    modest.admit(answer('e'));
    modest.admit(answer('brief too', true));
    expect(await settle()).to.deep.equal(['brief', 'd', 'brief too']);
    finish.get('a')?.();
    finish.get('b')?.();
    expect((await settle()).toSorted()).to.deep.equal(['c', 'e']);
  });

  it('are taken until the work ends, also when its connection is closed', async () => {
    const [left, stays] = [connection(), connection()];
    for (const name of ['a', 'b']) left.admit(answer(name));
    for (const name of ['c', 'd']) stays.admit(answer(name));
    left.close();
    expect(await settle()).to.deep.equal(['a', 'b', 'c']);
    finish.get('a')?.();
    expect(await settle()).to.deep.equal([]);
    finish.get('b')?.();
    expect(await settle()).to.deep.equal(['d']);
  });

  it('are not what an answer waits for that is made at once, but room for its bytes is', async () => {
    const full = member.connection(() => undefined);
    full.hold(member.limits.connectionBytesMax);
    full.admit(answer('brief', true));
    expect(await settle()).to.deep.equal([]);
    full.release(1);
    expect(await settle()).to.deep.equal(['brief']);
  });
});
