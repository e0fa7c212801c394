import type { Case } from './case.js';

// `Contender` knows the leases by the order in which they were granted.

const lease = (...args: readonly string[]): Case => ({ args: ['lease', ...args] });
const LEFT = [/remaining\(\d+s\)/g, /"ttl":\d+/g];
const looked = (...args: readonly string[]): Case => ({ ...lease('timetolive', ...args), mask: LEFT });
const put = (...args: readonly string[]): Case => ({ args: ['put', ...args] });
const get = (...args: readonly string[]): Case => ({ args: ['get', ...args] });
const at = (endpoints: string, one: Case): Case => ({ ...one, endpoints });
const txn = (...lines: readonly string[]): Case => ({ args: ['txn'], stdin: [...lines, ''].join('\n') });

export const LEASE_CASES: readonly Case[] = [
  lease('list'),
  lease('list', '-w', 'json'),
  lease('grant', '1000'),
  lease('grant', '2000', '-w', 'json'),
  lease('grant', '0'),
  lease('grant', '9000000001'),
  lease('grant', 'abc'),
  lease('revoke', '{lease 3}'),
  // Ordered by expiry, which only a leader knows.
  { ...lease('list'), before: async (contender) => await contender.lead('n1') },
  put('l/1', 'a', '--lease={lease 1}'),
  put('l/2', 'a', '--lease={lease 1}'),
  put('l/3', 'a', '--lease={lease 2}'),
  get('l/1', '-w', 'json'),
  looked('{lease 1}'),
  looked('{lease 1}', '-w', 'json'),
  looked('{lease 2}', '--keys'),
  looked('{lease 2}', '--keys', '-w', 'json'),
  at('n2', looked('{lease 2}', '--keys')),
  at('n3', looked('{lease 2}', '--keys')),
  ...['n1', 'n2', 'n3'].map((name) => at(name, lease('keep-alive', '--once', '{lease 1}'))),
  lease('keep-alive', '--once', '{lease 1}', '-w', 'json'),

  // A key has the lease of its newest version, or none.
  put('l/2', 'b', '--lease={lease 2}'),
  put('l/1', 'b', '--ignore-lease'),
  put('l/3', 'b'),
  looked('{lease 1}', '--keys'),
  looked('{lease 2}', '--keys'),
  txn('', 'put l/4 yes --lease={lease 2}', 'get l/4', '', '', ''),
  txn('', 'put l/5 yes --lease=123', '', '', ''),
  get('l/', '--prefix', '-w', 'json'),
  { args: ['del', 'l/4'] },
  looked('{lease 2}', '--keys'),

  // Missing leases.
  ...['n1', 'n2'].flatMap((name) => [
    at(name, looked('123')),
    at(name, looked('123', '-w', 'json')),
    at(name, looked('123', '--keys')),
    at(name, lease('keep-alive', '123')),
    at(name, lease('keep-alive', '--once', '123')),
    at(name, lease('revoke', '123')),
  ]),
  put('l/6', 'a', '--lease=123'),

  // The end of a lease deletes its keys in one revision.
  lease('revoke', '{lease 1}'),
  lease('revoke', '{lease 1}'),
  lease('revoke', '{lease 2}', '-w', 'json'),
  get('l/', '--prefix', '-w', 'json'),
  lease('grant', '2'),
  put('l/7', 'short', '--lease={lease 4}'),
  get('l/7'),
  { ...get('l/7'), until: /^$/ },
  looked('{lease 4}'),
  get('l/', '--prefix', '-w', 'json'),
  lease('list'),
];
