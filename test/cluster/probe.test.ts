import { expect } from 'chai';
import { namedLeader } from '../../cluster/probe.js';

describe('the leader that the members name', () => {
  const view = (id: bigint, leader: bigint): { id: bigint; leader: bigint } => ({ id, leader });

  it('is the member that enough members name', () => {
    expect(namedLeader([view(1n, 2n), view(2n, 2n), view(3n, 2n)], 3)).to.equal(1);
    expect(namedLeader([undefined, view(2n, 3n), view(3n, 3n)], 2)).to.equal(2);
  });

  it('is undefined while too few members agree', () => {
    expect(namedLeader([view(1n, 2n), view(2n, 2n), undefined], 3)).to.equal(undefined);
    expect(namedLeader([view(1n, 1n), view(2n, 2n), view(3n, 0n)], 2)).to.equal(undefined);
    expect(namedLeader([view(1n, 0n), view(2n, 0n), view(3n, 0n)], 2)).to.equal(undefined);
  });

  it('is not a member that does not answer, whose death the others have not noticed yet', () => {
    expect(namedLeader([undefined, view(2n, 1n), view(3n, 1n)], 2)).to.equal(undefined);
  });
});
