import { expect } from 'chai';
import type { EngineHome } from '../../src/ports/engine.js';
import { get, put, scan } from './compliance.js';

/** The home that a test opens, and how the next start opens it. */
export interface HomeHarness {
  open(): Promise<EngineHome>;
  /** Ends the use of a home abruptly, like kill -9. */
  crash(home: EngineHome): Promise<EngineHome>;
  reopen(closed: EngineHome): Promise<EngineHome>;
  cleanUp(): Promise<void>;
}

/** Tests of the port EngineHome for every implementation. */
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

    it('stages an empty engine, which does not affect the current one', async () => {
      expect(home.staged).to.equal(undefined);
      const staged = await home.stage();
      expect(await scan(staged)).to.deep.equal([]);
      await staged.write([put('b', 'new')]);
      expect(home.staged).to.equal(staged);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
    });

    it('promotes the staged engine, while reads of the replaced one continue', async () => {
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

    it('discards the staged engine, sealed or not, when it stages another', async () => {
      await stage();
      await home.seal();
      const second = await home.stage();
      expect(await scan(second)).to.deep.equal([]);
      home = await harness.crash(home);
      expect(home.staged).to.equal(undefined);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
    });

    it('has no staged engine after a crash before the seal', async () => {
      await stage();
      home = await harness.crash(home);
      expect(home.staged).to.equal(undefined);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
    });

    it('finds the whole sealed engine after a crash, and can promote it', async () => {
      await stage();
      await home.seal();
      home = await harness.crash(home);
      expect(await scan(home.engine)).to.deep.equal([['a', 'old']]);
      const staged = home.staged;
      expect(staged === undefined ? undefined : await scan(staged)).to.deep.equal([['b', 'new']]);
      await (await home.promote()).release();
      expect(await scan(home.engine)).to.deep.equal([['b', 'new']]);
    });

    it('keeps the promoted engine over a crash, before and after the release of the old one', async () => {
      await stage();
      await home.seal();
      await home.promote();
      home = await harness.crash(home);
      expect([await scan(home.engine), home.staged]).to.deep.equal([[['b', 'new']], undefined]);
    });

    it('discards the staged engine, sealed or not, durably', async () => {
      for (const sealed of [false, true]) {
        await stage();
        if (sealed) await home.seal();
        await home.discard();
        expect(home.staged).to.equal(undefined);
      }
      home = await harness.crash(home);
      expect(home.staged).to.equal(undefined);
    });

    it('refuses to promote an engine that is not sealed', async () => {
      await stage();
      const error = await home.promote().then(
        () => 'no error',
        (thrown: unknown) => String(thrown),
      );
      expect(error).to.match(/only a sealed engine/);
    });
  });
}
