import { expect } from 'chai';
import { differenceOf } from './member-lists.js';

describe('the check of member lists', () => {
  it('accepts the same members in any order', () => {
    expect(differenceOf(['http://b', 'http://a'], ['http://a', 'http://b'])).to.equal(undefined);
  });

  it('names members that are missing, and members that were removed', () => {
    expect(differenceOf(['http://a', 'http://c'], ['http://a', 'http://b'])).to.equal(
      'does not know http://b and still knows http://c',
    );
    expect(differenceOf(undefined, ['http://a'])).to.equal('gives no answer');
  });
});
