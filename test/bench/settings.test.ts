import { expect } from 'chai';
import { readSettings, SettingsError } from './settings.js';

describe('The settings of make bench', () => {
  it('have defaults, also for empty variables, as make passes them', () => {
    const settings = readSettings({ BENCH: '', ROUNDS: '', RPC_HOST: '' });
    expect(settings).to.deep.include({
      only: [],
      rounds: 3,
      seconds: 3,
      keys: 1_000_000,
      rpcHost: 'native',
      etcd: 'all',
    });
    expect(settings).to.deep.include({ curve: [1_000, 10_000, 100_000, 1_000_000], node: undefined, quick: false });
  });

  it('are small with QUICK, unless they are given', () => {
    const settings = readSettings({ QUICK: '1', SECONDS: '2', BENCH: 'put range-default' });
    expect(settings).to.deep.include({ only: ['put', 'range-default'], rounds: 1, seconds: 2, keys: 10_000 });
    expect(settings.curve).to.deep.equal([1_000, 10_000]);
  });

  it('are refused with the name of the variable', () => {
    expect(() => readSettings({ ROUNDS: '0' })).to.throw(SettingsError, 'ROUNDS=0');
    expect(() => readSettings({ SECONDS: 'long' })).to.throw(SettingsError, 'SECONDS=long');
    expect(() => readSettings({ RPC_HOST: 'http' })).to.throw(SettingsError, 'RPC_HOST=http: one of native, grpc-js');
  });
});
