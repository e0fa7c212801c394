import { expect } from 'chai';
import { MEMBERS } from '../../cluster/members.js';
import { welcome } from '../../cluster/welcome.js';
import { defined } from '../../src/util/assert.js';

describe('what make cluster prints when it is ready', () => {
  const leader = defined(MEMBERS[1], 'node2');
  const options = { members: MEMBERS, leader, program: 'raftkv', dataDir: 'data' };

  it('names the process id of every node, and who leads', () => {
    const lines = welcome({ ...options, pidOf: (member) => 100 + MEMBERS.indexOf(member) });
    expect(lines[0]).to.equal('three nodes are ready, node2 leads');
    expect(lines).to.include('  pids        node1 100, node2 101 (leads), node3 102');
    expect(lines).to.include('  kill one    kill -9 101   (node2, the leader)');
  });

  it('does not make up a process id for a node that is down', () => {
    const lines = welcome({ ...options, pidOf: () => undefined });
    expect(lines).to.include('  pids        node1 down, node2 down (leads), node3 down');
    expect(lines.join('\n')).not.to.include('undefined');
  });
});
