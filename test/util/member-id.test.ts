import { expect } from 'chai';
import { formatMemberId, memberIdValue, parseMemberId } from '../../src/util/member-id.js';

describe('member ids', () => {
  it('are 16 hexadecimal digits, whatever the size of the id', () => {
    expect(formatMemberId(0xabc)).to.equal('0000000000000abc');
    expect(formatMemberId(0x8e9e05c52164694dn)).to.equal('8e9e05c52164694d');
    expect(formatMemberId(2 ** 53 - 1)).to.equal('001fffffffffffff');
  });

  it('keep all 64 bits on the way to the wire and back', () => {
    for (const id of [0n, 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(memberIdValue(formatMemberId(id))).to.equal(id);
    }
  });

  it('are read as etcdctl prints them: without leading zeros, in either case', () => {
    expect(['abc', 'ABC', '0000000000000abc'].map(parseMemberId)).to.deep.equal([0xabcn, 0xabcn, 0xabcn]);
    expect(['', 'n1', '0xabc', '-1', '12345678901234567'].map(parseMemberId)).to.deep.equal(
      Array.from({ length: 5 }, () => undefined),
    );
  });
});
