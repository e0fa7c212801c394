import { expect } from 'chai';
import { WorkTurns } from '../../src/util/work-turns.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// Each long read gave way to other work by itself, and all of them went on in the next turn: 60 ranges of one client made turns of
// 146 ms, and a read of one key took up to half a second.
describe('WorkTurns', () => {
  let turns: WorkTurns;
  beforeEach(() => {
    turns = new WorkTurns(turn);
  });

  it('lets a few steps begin at once', () => {
    expect(turns.enter(500)).to.equal(undefined);
    expect(turns.enter(500)).to.equal(undefined);
  });

  it('begins a few steps in each turn, however many wait, in their order', async () => {
    const begun: number[] = [];
    const perTurn: number[] = [];
    const walk = async (walker: number): Promise<void> => {
      for (let step = 0; step < 3; step += 1) {
        const wait = turns.enter(512);
        if (wait !== undefined) await wait;
        begun.push(walker);
        turns.leave(512);
      }
    };
    const all = Promise.all(Array.from({ length: 20 }, (_, walker) => walk(walker)));
    for (let before = 0; begun.length < 60; before = begun.length) {
      await turn();
      perTurn.push(begun.length - before);
    }
    await all;
    // Two in a turn; the first that is looked at has those that began at once as well.
    expect(Math.max(...perTurn)).to.be.within(1, 4);
    // The first ones had the turn for themselves.
    const others = Array.from({ length: 16 }, (_, at) => at + 4);
    expect(begun.filter((walker) => walker >= 4)).to.deep.equal([...others, ...others, ...others]);
  });

  it('counts a step until it has ended', async () => {
    expect(turns.enter(1024)).to.equal(undefined);
    const wait = turns.enter(1);
    let isGranted = false;
    void wait?.then((granted) => (isGranted = granted));
    for (let count = 0; count < 5; count += 1) await turn();
    expect(isGranted).to.equal(false);
    turns.leave(1024);
    expect(await wait).to.equal(true);
  });

  it('shares the turns with pauses, which take one even if there is time', async () => {
    let resumed = 0;
    let inTurn = true;
    void turns.pause(100).then(() => expect(inTurn).to.equal(false));
    await Promise.resolve();
    inTurn = false;
    await turn();
    for (let count = 0; count < 10; count += 1) void turns.pause(1024).then(() => (resumed += 1));
    let before = 0;
    for (let count = 0; count < 12; count += 1) {
      await turn();
      expect(resumed - before).to.be.at.most(2);
      before = resumed;
    }
    expect(resumed).to.equal(10);
  });

  it('costs nothing for callers that have gone', async () => {
    expect(turns.enter(1024)).to.equal(undefined);
    const gone = { cancelled: false };
    const waits = Array.from({ length: 5_000 }, () => turns.enter(1024, gone) ?? Promise.resolve(true));
    const last = turns.enter(1024);
    gone.cancelled = true;
    turns.leave(1024);
    await turn();
    expect(await last).to.equal(true);
    expect(await Promise.all(waits)).to.deep.equal(waits.map(() => false));
  });
});
