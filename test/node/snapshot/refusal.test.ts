import { expect } from 'chai';
import { snapshotRefusal } from '../../../src/node/snapshot/refusal.js';
import { makeMessage, TERM_JUMP_MAX } from '../../../src/raft/messages.js';
import { NO_BYTES } from '../../../src/raft/bytes.js';

/** Any MsgSnap, except of an earlier term, aborted the snapshot that was being received. */
describe('snapshotRefusal', () => {
  const confState = { voters: [1, 2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
  const refusal = (from: number, term: number, index = 9, leader = 2, running = true): string | undefined => {
    const snapshot = { metadata: { index, term, confState }, data: NO_BYTES };
    const message = makeMessage({ type: 'MsgSnap', to: 1, from, term, snapshot });
    return snapshotRefusal(message, { raw: { term: 5, commit: 8, leader }, lifecycle: { running } });
  };

  it('accepts a snapshot of the leader, of an unknown leader, and of a later term', () => {
    expect([refusal(2, 5), refusal(3, 5, 9, 0), refusal(3, 6)]).to.deep.equal([undefined, undefined, undefined]);
  });

  it('refuses one of another member than the leader of this term', () => {
    expect(refusal(3, 5)).to.equal('member 0000000000000003 is not the leader of term 5');
    expect(refusal(3, 5, 9, 1), 'at the leader itself').to.match(/is not the leader/);
  });

  it('refuses terms that are over or that no election can have reached, and entries that are there already', () => {
    expect(refusal(2, 4)).to.equal('term 4 is over');
    expect(refusal(3, 6 + TERM_JUMP_MAX)).to.match(/^no election can have reached term/);
    expect(refusal(2, 5, 8)).to.equal('this member has these entries already');
    expect(refusal(2, 5, 9, 2, false)).to.equal('this member is stopping');
  });
});
