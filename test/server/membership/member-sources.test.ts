import { expect } from 'chai';
import { MemberSources } from '../../../src/server/membership/member-sources.js';

describe('MemberSources', () => {
  it('are the addresses in peer URLs, and those of proven links', () => {
    const sources = new MemberSources(() => [
      'http://10.0.0.1:2380',
      'http://[2001:db8::7]:2380',
      'http://n3.example:2380',
    ]);
    for (const source of ['10.0.0.1', '2001:db8:0:0']) expect(sources.includes(source), source).to.equal(true);
    expect(sources.includes('10.0.0.3')).to.equal(false);
    sources.proven('::ffff:10.0.0.3');
    expect(sources.includes('10.0.0.3'), 'a member whose URL is a name').to.equal(true);
    expect(sources.includes('127.0.0.1')).to.equal(false);
    expect(new MemberSources(() => ['http://localhost:2380']).includes('127.0.0.1')).to.equal(true);
  });

  it('forget the oldest proven address beyond a bound', () => {
    const sources = new MemberSources(() => []);
    for (let at = 0; at <= 64; at++) sources.proven(`10.0.1.${at}`);
    expect(sources.includes('10.0.1.0')).to.equal(false);
    expect(sources.includes('10.0.1.1')).to.equal(true);
  });
});
