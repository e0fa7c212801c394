import { expect } from 'chai';
import { Sampler } from '../../../src/server/hot/sampler.js';
import { seededRandom } from '../../../src/util/random.js';

describe('Sampler', () => {
  it('counts every call at a low rate', () => {
    let nowMs = 0;
    const sampler = new Sampler({ now: () => nowMs }, seededRandom(1));
    const weights = new Set<number>();
    for (let call = 0; call < 20_000; call++) {
      nowMs += 0.6;
      weights.add(sampler.sample());
    }
    expect([...weights]).to.deep.equal([1]);
  });

  it('counts fewer calls at a high rate, whose weights add up to all', () => {
    let nowMs = 0;
    const sampler = new Sampler({ now: () => nowMs }, seededRandom(1));
    const weights = new Map<number, number>();
    // Every second call is of one kind: a fixed gap would see one kind only.
    const byKind = [0, 0];
    const calls = 600_000;
    for (let call = 0; call < calls; call++) {
      nowMs += 1 / 200;
      const weight = sampler.sample();
      if (nowMs < 1_100) continue;
      weights.set(weight, (weights.get(weight) ?? 0) + 1);
      byKind[call % 2] = (byKind[call % 2] ?? 0) + weight;
    }
    expect(new Set(weights.keys())).to.deep.equal(new Set([0, 64]));
    const half = (calls - 1_100 * 200) / 2;
    for (const sum of byKind) expect(sum).to.be.within(0.95 * half, 1.05 * half);
  });

  it('returns to counting every call after at most 127 calls', () => {
    let nowMs = 0;
    const sampler = new Sampler({ now: () => nowMs }, seededRandom(2));
    for (let call = 0; call < 60_000; call++) {
      nowMs += 1 / 50;
      sampler.sample();
    }
    nowMs += 60_000;
    const first = Array.from({ length: 128 }, () => sampler.sample()).findIndex((weight) => weight > 0);
    expect(first).to.be.within(0, 127);
    for (let call = 0; call < 100; call++) expect(sampler.sample()).to.equal(1);
  });
});
