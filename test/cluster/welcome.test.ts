import { expect } from 'chai';
import { MEMBERS } from '../../cluster/members.js';
import { welcome } from '../../cluster/welcome.js';
import { defined } from '../../src/util/assert.js';

describe('the output of make cluster once it is ready', () => {
  const leader = defined(MEMBERS[1], 'node2');
  const options = { members: MEMBERS, leader, program: 'raftkv', dataDir: 'data', restartDelayMs: 1000 };

  it('names the process id of every node, and the leader', () => {
    const lines = welcome({ ...options, pidOf: (member) => 100 + MEMBERS.indexOf(member) });
    expect(lines[0]).to.equal('three nodes are ready, node2 leads');
    expect(lines).to.include('  pids        node1 100, node2 101 (leads), node3 102');
    expect(lines).to.include('  kill one    kill -9 101   (node2, the leader)');
  });

  // A new user wanted to see two nodes continue without the third, which was always restarted; no text named the
  // option.
  it('says that a killed node is restarted, and how to disable that', () => {
    const below = (restartDelayMs: number | undefined): string | undefined => {
      const lines = welcome({ ...options, pidOf: () => 1, restartDelayMs });
      return lines[lines.findIndex((line) => line.includes('kill one')) + 1]?.trim();
    };
    expect(below(1000)).to.equal('it starts again in 1 s; with CLUSTER=--no-restart it stays down');
    expect(below(undefined)).to.equal('it stays down; without CLUSTER=--no-restart it starts again');
  });

  it('shows how programs log in, and present certificates', () => {
    const root = { user: 'root', password: 'secret', file: 'data/tls-auth/root-password' };
    const client = { cert: 'client.crt', key: 'client.key' };
    const lines = welcome({ ...options, pidOf: () => 1, root, certificates: { caFile: 'ca.crt', client } });
    const flags = '--cacert ca.crt --cert client.crt --key client.key --user root:secret';
    expect(lines).to.include(`  try         raftkv ${flags} put hello world`);
    expect(lines.find((line) => line.includes('etcdctl'))).to.include(` ${flags} get hello`);
    const curl = '  http        curl --cacert ca.crt --cert client.crt --key client.key https://127.0.0.1:22379/health';
    expect(lines).to.include(curl);
    expect(lines.find((line) => line.includes('users'))).to.include('data/tls-auth/root-password');
  });

  it('prints no process id for a node that is down', () => {
    const lines = welcome({ ...options, pidOf: () => undefined });
    expect(lines).to.include('  pids        node1 down, node2 down (leads), node3 down');
    expect(lines.join('\n')).not.to.include('undefined');
  });
});
