import { expect } from 'chai';
import { SourceSet, sourceOf } from '../../src/util/source-set.js';

describe('A SourceSet', () => {
  it('gives up the oldest entry of the source that has the most', () => {
    const set = new SourceSet<string>();
    set.add('honest 1', 'a');
    for (let at = 0; at < 6; at++) set.add(`flood ${at}`, 'b');
    set.add('honest 2', 'a');
    const given: (string | undefined)[] = [];
    while (set.size > 6) {
      const victim = set.victim();
      given.push(victim);
      if (victim !== undefined) set.delete(victim);
    }
    expect(given).to.deep.equal(['flood 0', 'flood 1']);
    expect([...set.oldestFirst()]).to.deep.equal(['honest 1', 'flood 2', 'flood 3', 'flood 4', 'flood 5', 'honest 2']);
  });

  it('gives up the oldest entry of all while every source has few', () => {
    const set = new SourceSet<number>();
    expect(set.victim()).to.equal(undefined);
    for (const [at, source] of ['a', 'b', 'b', 'b', 'c'].entries()) set.add(at, source);
    expect(set.victim()).to.equal(0);
    set.add(0, 'a');
    expect(set.victim(), 'an entry that was added again').to.equal(1);
  });

  it('gives up entries for a new one only of a source that has more than twice as many', () => {
    const set = new SourceSet<string>();
    for (let at = 0; at < 8; at++) set.add(`many ${at}`, 'many');
    const given: (string | undefined)[] = [];
    for (let at = 0; at < 5; at++) {
      const victim = set.victimFor('few');
      given.push(victim);
      if (victim === undefined) continue;
      set.delete(victim);
      set.add(`few ${at}`, 'few');
    }
    expect(given).to.deep.equal(['many 0', 'many 1', undefined, undefined, undefined]);
    expect(set.victimFor('many')).to.equal(undefined);
  });
});

describe('The source of an address', () => {
  it('is an IPv4 address without its port, however it is written', () => {
    for (const text of [
      '10.0.0.1',
      '10.0.0.1:2380',
      '::ffff:10.0.0.1',
      '[::ffff:10.0.0.1]:2380',
      '::ffff:10.0.0.1:2380',
    ]) {
      expect(sourceOf(text), text).to.equal('10.0.0.1');
    }
  });

  it('is the first half of an IPv6 address', () => {
    expect(sourceOf('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2');
    expect(sourceOf('[2001:db8:1:2:3:4:5:6]:2380')).to.equal('2001:db8:1:2');
    expect(sourceOf('2001:db8::1')).to.equal('2001:db8:0:0');
    expect(sourceOf('[fe80::1]:80')).to.equal('fe80:0:0:0');
    expect(sourceOf('::1')).to.equal('0:0:0:0');
  });

  it('is one for all callers on this machine that have no address', () => {
    expect(sourceOf(undefined)).to.equal('local');
  });
});
