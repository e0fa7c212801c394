import { expect } from 'chai';
import {
  checkAdding,
  checkPromoting,
  checkRemoving,
  type ClusterView,
} from '../../../src/server/membership/reconfiguration.js';

/**
 * Voters by state: `s` started and connected, `d` started and down, `u` not started; upper case for learners. The first
 * is the member that handles the request.
 */
function view(members: string): ClusterView {
  const states = members.split('');
  return {
    self: 1,
    members: states.map((state, at) => ({
      id: at + 1,
      name: state.toLowerCase() === 'u' ? '' : `n${at + 1}`,
      peerUrls: [`http://n${at + 1}:2380`],
      clientUrls: [],
      isLearner: state !== state.toLowerCase(),
    })),
    isConnected: (id) => states[id - 1]?.toLowerCase() === 's',
  };
}

const OK = 'ok';
const FEW = 'etcdserver: re-configuration failed due to not enough started members';
const SICK = 'etcdserver: unhealthy cluster';

describe('the check of a change of the members', () => {
  it('admits a new voter if a quorum of the larger cluster is started and all members are connected', () => {
    // A voter that was added but not started was searched among the connected ones only: another addition was refused
    // as "unhealthy", which is temporary, where etcd states a lasting reason.
    const cases = { s: OK, ss: OK, su: FEW, sss: OK, ssu: FEW, ssd: SICK, sssu: SICK, ssss: OK, sssd: SICK, ssU: OK };
    const found = Object.keys(cases).map((members) => [
      members,
      checkAdding(view(members), { isLearner: false })?.message ?? OK,
    ]);
    expect(Object.fromEntries(found)).to.deep.equal(cases);
    for (const members of Object.keys(cases))
      expect(checkAdding(view(members), { isLearner: true })).to.equal(undefined);
  });

  it('admits the removal of a voter if the remaining members include a started and connected quorum', () => {
    const cases = { ss: OK, su: OK, sss: OK, ssd: SICK, ssu: FEW, sdd: OK, ssss: OK, sssd: OK, ssdd: SICK };
    const found = Object.keys(cases).map((members) => [members, checkRemoving(view(members), 2)?.message ?? OK]);
    expect(Object.fromEntries(found)).to.deep.equal(cases);
    expect(checkRemoving(view('s'), 1)?.message, 'the last').to.equal(FEW);
    expect(checkRemoving(view('ssd'), 3), 'the one that is down').to.equal(undefined);
    expect(checkRemoving(view('sU'), 2), 'a learner').to.equal(undefined);
    expect(checkRemoving(view('s'), 9), 'nobody').to.equal(undefined);
  });

  it('lets a learner vote that has nine tenths of the log', () => {
    const promoting = (members: string, match: number, strict = true): string => {
      const progress = { match, leaderMatch: 100 };
      return checkPromoting(view(members), { id: members.length, progress, strict })?.message ?? OK;
    };
    expect(promoting('ssS', 90)).to.equal(OK);
    expect(promoting('ssS', 89)).to.match(/in sync with leader \(the learner has 89 of 100 entries, 89 %\)$/);
    expect(promoting('suU', 100)).to.equal(FEW);
    expect(promoting('suU', 100, false)).to.equal(OK);
    expect(promoting('ss', 0), 'a voter is for the state machine to refuse').to.equal(OK);
  });
});
