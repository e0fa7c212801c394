import { expect } from 'chai';
import { namedLeader } from '../../cluster/probe.js';

describe('who leads, by what the members say', () => {
  const view = (id: bigint, leader: bigint): { id: bigint; leader: bigint } => ({ id, leader });

  it('is the one that enough members name', () => {
    expect(namedLeader([view(1n, 2n), view(2n, 2n), view(3n, 2n)], 3)).to.equal(1);
    expect(namedLeader([undefined, view(2n, 3n), view(3n, 3n)], 2)).to.equal(2);
  });

  it('is nobody while too few name the same', () => {
    expect(namedLeader([view(1n, 2n), view(2n, 2n), undefined], 3)).to.equal(undefined);
    expect(namedLeader([view(1n, 1n), view(2n, 2n), view(3n, 0n)], 2)).to.equal(undefined);
    expect(namedLeader([view(1n, 0n), view(2n, 0n), view(3n, 0n)], 2)).to.equal(undefined);
  });

  it('is not one that does not answer: the others have not noticed its death yet', () => {
    expect(namedLeader([undefined, view(2n, 1n), view(3n, 1n)], 2)).to.equal(undefined);
  });
});
