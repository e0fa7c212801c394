import { expect } from 'chai';
import { namedLeader, type MemberView } from '../../cluster/probe.js';

describe('the leader that the members name', () => {
  const view = (id: string, leader: string | undefined): MemberView => ({ id, leader });

  it('is the member that enough members name', () => {
    expect(namedLeader([view('1', '2'), view('2', '2'), view('3', '2')], 3)).to.equal(1);
    expect(namedLeader([undefined, view('2', '3'), view('3', '3')], 2)).to.equal(2);
  });

  it('is undefined while too few members agree', () => {
    expect(namedLeader([view('1', '2'), view('2', '2'), undefined], 3)).to.equal(undefined);
    expect(namedLeader([view('1', '1'), view('2', '2'), view('3', undefined)], 2)).to.equal(undefined);
    expect(namedLeader([view('1', undefined), view('2', undefined), view('3', undefined)], 2)).to.equal(undefined);
  });

  it('is not a member that does not answer, whose death the others have not noticed yet', () => {
    expect(namedLeader([undefined, view('2', '1'), view('3', '1')], 2)).to.equal(undefined);
  });
});
