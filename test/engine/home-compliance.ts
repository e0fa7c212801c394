import { expect } from 'chai';
import type { EngineHome } from '../../src/ports/engine.js';
import { get, put, scan } from './compliance.js';

/** What a test opens, and what the next start finds. */
export interface HomeHarness {
  open(): Promise<EngineHome>;
  /** Ends the life of a home in the middle of it, as kill -9 does. */
  crash(home: EngineHome): Promise<EngineHome>;
  reopen(closed: EngineHome): Promise<EngineHome>;
  cleanUp(): Promise<void>;
}

/** The port EngineHome, in tests that every implementation must pass. */
export function describeHome(name: string, makeHarness: () => HomeHarness): void {
  describe(`the home of engines: ${name}`, () => {
    let harness: HomeHarness;
    let home: EngineHome;

    beforeEach(async () => {
      harness = makeHarness();
      home = await harness.open();
      await home.engine.write([put('a', 'old')]);
      await home.engine.barrier();
    });

    afterEach(async () => {
      await home.close();
      await harness.cleanUp();
    });

    const stage = async (): Promise<void> => {
      const staged = await home.stage();
      await staged.write([put('b', 'new')]);
    };

    it('stages an empty engine, which does not show in the one in force', async () => {
      expect(home.staged).to.equal(undefined);
      const staged = await home.stage();
      expect(await scan(staged)).to.deep.equal([]);
      await staged.write([put('b', 'new')]);
      expect(home.staged).to.equal(staged);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
    });

    it('puts the staged engine in force, while reads of the replaced one go on', async () => {
      await stage();
      const snapshot = home.engine.snapshot();
      await home.seal();
      const replaced = await home.promote();
      expect(await scan(home.engine)).to.deep.equal([['b', 'new']]);
      expect(home.staged).to.equal(undefined);
      expect(get(snapshot, 'a')).to.equal('old');
      await snapshot.close();
      await replaced.release();
      await home.engine.write([put('c', 'newer')]);
      await home.close();
      home = await harness.reopen(home);
      expect(await scan(home.engine)).to.deep.equal([
        ['b', 'new'],
        ['c', 'newer'],
      ]);
    });

    it('forgets what was staged before, sealed or not, when it stages again', async () => {
      await stage();
      await home.seal();
      const second = await home.stage();
      expect(await scan(second)).to.deep.equal([]);
      home = await harness.crash(home);
      expect(home.staged).to.equal(undefined);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
    });

    it('has nothing staged after a crash that came before the seal', async () => {
      await stage();
      home = await harness.crash(home);
      expect(home.staged).to.equal(undefined);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
    });

    it('finds what was sealed again after a crash, whole, and can put it in force', async () => {
      await stage();
      await home.seal();
      home = await harness.crash(home);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
      const staged = home.staged;
      expect(staged === undefined ? undefined : await scan(staged)).to.deep.equal([['b', 'new']]);
      await (await home.promote()).release();
      expect(await scan(home.engine)).to.deep.equal([['b', 'new']]);
    });

    it('keeps what was promoted through a crash, before and after the old one is released', async () => {
      await stage();
      await home.seal();
      await home.promote();
      home = await harness.crash(home);
      expect([await scan(home.engine), home.staged]).to.deep.equal([[['b', 'new']], undefined]);
    });

    it('discards what is staged, sealed or not, for good', async () => {
      for (const sealed of [false, true]) {
        await stage();
        if (sealed) await home.seal();
        await home.discard();
        expect(home.staged).to.equal(undefined);
      }
      home = await harness.crash(home);
      expect(home.staged).to.equal(undefined);
    });

    it('refuses to put in force what is not sealed', async () => {
      await stage();
      const error = await home.promote().then(
        () => 'no error',
        (thrown: unknown) => String(thrown),
      );
      expect(error).to.match(/only a sealed engine/);
    });
  });
}
