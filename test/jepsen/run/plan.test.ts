import { expect } from 'chai';
import { NEMESES } from '../nemesis/registry.js';
import { WORKLOADS } from '../workloads/registry.js';
import { partOf, planOf, titleOf } from './plan.js';

describe('the matrix', () => {
  it('has every workload and every fault, each run once, whatever this machine can do', () => {
    const { runs, left } = planOf({ variables: {} });
    const all = [...runs, ...left.map(({ run }) => run)];
    expect(new Set(all.map(titleOf)).size).to.equal(all.length);
    expect(new Set(all.map(({ WORKLOAD }) => WORKLOAD))).to.deep.equal(new Set(WORKLOADS));
    const faults = new Set(all.flatMap(({ NEMESIS }) => NEMESIS.split('+')));
    expect(faults).to.deep.equal(new Set(NEMESES));
    for (const run of all)
      expect(run['AUTH'] === '1', titleOf(run)).to.satisfy((auth: boolean) => auth || run.WORKLOAD !== 'permissions');
  });

  it('can be run in parts, which together are the whole', () => {
    const { runs } = planOf({ variables: {} });
    const parts = ['1/3', '2/3', '3/3'].map((part) => partOf(runs, part));
    expect(parts.map(({ length }) => length).reduce((sum, length) => sum + length)).to.equal(runs.length);
    expect(parts.flat().map(titleOf)).to.have.members(runs.map(titleOf));
    for (const wrong of ['0/2', '3/2', '1', 'x']) expect(() => partOf(runs, wrong), wrong).to.throw('PART=');
  });

  it('is the product of the names that are given, with the variables of each run', () => {
    const { runs } = planOf({
      workloads: ['set', 'permissions'],
      nemeses: ['none', 'kill-one+compact'],
      variables: { NODES: '5' },
    });
    expect(runs.map(titleOf)).to.deep.equal([
      'set × none NODES=5',
      'set × kill-one+compact NODES=5',
      'permissions × none AUTH=1 NODES=5',
      'permissions × kill-one+compact AUTH=1 NODES=5',
    ]);
  });

  it('leaves out what cannot be, with the reason', () => {
    const { runs, left } = planOf({
      workloads: ['register', 'stale'],
      nemeses: ['certificates', 'clock-jump'],
      variables: { TARGET: 'etcd' },
    });
    expect(runs).to.deep.equal([]);
    expect(left.map(({ run, reason }) => `${run.WORKLOAD} ${run.NEMESIS}: ${reason}`)).to.deep.equal([
      'register certificates: certificates needs TLS=1',
      'register clock-jump: clock-jump is for TARGET=raftkv alone',
      'stale certificates: is for raftkv alone',
      'stale clock-jump: is for raftkv alone',
    ]);
  });

  it('refuses names that do not exist', () => {
    expect(() => planOf({ workloads: ['registr'], variables: {} })).to.throw('WORKLOADS=registr: there are register');
    expect(() => planOf({ nemeses: ['compact+kil'], variables: {} })).to.throw('NEMESES=kil: there are none');
  });
});
