import { expect } from 'chai';
import { dimensionsOf, electionTimeoutMs, memberFlags, randomFor, settingsOf } from './settings.js';

describe('the settings of a fault test', () => {
  it('have defaults, also for variables that make passes empty', () => {
    const defaults = settingsOf({ WORKLOAD: '', TIME: '', TLS: '' }, () => 0.5);
    const { workload, nemesis, seconds, nodes, seed, target, net, tls, flags } = defaults;
    expect({ workload, nemesis, seconds, nodes, seed, target, net, tls, flags }).to.deep.equal({
      workload: 'register',
      nemesis: 'none',
      seconds: 60,
      nodes: 3,
      seed: 500_000,
      target: 'raftkv',
      net: 'proxy',
      tls: false,
      flags: [],
    });
    expect(dimensionsOf(defaults)).to.deep.equal({});
  });

  it('name the dimensions that differ, and pass them to members', () => {
    const settings = settingsOf({
      TLS: '1',
      AUTH: '1',
      RPC_HOST: 'grpc-js',
      FLAGS: ' --election-timeout=700  --lease=50 ',
    });
    expect(dimensionsOf(settings)).to.deep.equal({
      tls: true,
      auth: true,
      rpcHost: 'grpc-js',
      flags: '--election-timeout=700 --lease=50',
    });
    expect(memberFlags(settings)).to.deep.equal(['--rpc-host=grpc-js', '--election-timeout=700', '--lease=50']);
    expect(electionTimeoutMs(settings)).to.equal(700);
  });

  for (const [name, value] of [
    ['TARGET', 'zookeeper'],
    ['NET', 'wifi'],
    ['TIME', '0'],
    ['NODES', 'three'],
    ['NODES', '2.5'],
    ['SEED', '-1'],
    ['SEED', '1.5'],
    ['TLS', 'yes'],
  ] as const) {
    it(`refuse ${name}=${value}`, () => {
      expect(() => settingsOf({ [name]: value })).to.throw(`${name} must be`);
    });
  }

  // AUTH=0 enabled authentication, and the host that etcd cannot have was in the report.
  it('leave out what is set to 0, and refuse what the target has not', () => {
    expect(settingsOf({ TLS: '0', AUTH: '0', LEVELS: '0' })).to.include({ tls: false, auth: false, levels: false });
    expect(() => settingsOf({ TARGET: 'etcd', RPC_HOST: 'grpc-js' })).to.throw('RPC_HOST is for TARGET=raftkv alone');
  });

  it('give each part of a run its own chance, which the seed fixes', () => {
    const draw = (seed: number, part: string): number => randomFor(seed, part).next();
    expect(draw(1, 'worker 0')).to.equal(draw(1, 'worker 0'));
    expect(new Set([draw(1, 'worker 0'), draw(1, 'worker 1'), draw(2, 'worker 0')]).size).to.equal(3);
  });
});
