import type { Case } from './case.js';

const TOOK = /took = [^\s]+/g;
const STATUS_NUMBERS = /"(dbSize|dbSizeInUse|raftIndex|raftAppliedIndex|raftTerm|version|revision)":("[^"]*"|\d+)/g;
const LEADER = /(?<="leader":)"[^"]*"/g;
const HASHES = /"(hash|hash_revision|revision)":\d+/g;

const txn = (compares: readonly string[], success: readonly string[], failure: readonly string[]): string =>
  [...compares, '', ...success, '', ...failure, '', ''].join('\n');

const get = (...args: readonly string[]): Case => ({ args: ['get', ...args] });
const put = (...args: readonly string[]): Case => ({ args: ['put', ...args] });
const del = (...args: readonly string[]): Case => ({ args: ['del', ...args] });

export const CASES: readonly Case[] = [
  get('hello'),
  get('hello', '-w', 'json'),
  put('hello', 'world'),
  put('hello', 'again', '--prev-kv'),
  put('hello', 'third', '--prev-kv', '-w', 'json'),
  put('empty', ''),
  put('absent', '--ignore-value'),
  put('hello', '--ignore-value'),
  put('hello', 'leased', '--lease=123'),
  put('', 'no key'),
  get('hello'),
  get('hello', '-w', 'json'),
  get('hello', '-w', 'fields'),
  get('hello', '--print-value-only'),
  get('hello', '--consistency=s'),
  get('hello', '--rev=2'),
  get('hello', '--rev=1'),
  get('hello', '--rev=1000'),
  ...['a', 'a/1', 'a/2', 'a/3', 'b', 'b/1', 'c'].map((key, i) => put(key, `${(i * 5) % 7}`)),
  get('a/', '--prefix'),
  get('a/', '--prefix', '--consistency=s', '-w', 'json'),
  get('a/', '--prefix', '--keys-only'),
  get('a/', '--prefix', '--limit=2'),
  get('a/', '--prefix', '--limit=2', '-w', 'json'),
  get('', '--prefix', '--limit=3'),
  get('b', '--from-key'),
  get('a', 'b'),
  get('b', 'a'),
  ...['CREATE', 'KEY', 'MODIFY', 'VALUE', 'VERSION'].flatMap((target) =>
    ['ASCEND', 'DESCEND'].map((order) => get('', '--prefix', `--sort-by=${target}`, `--order=${order}`)),
  ),
  get('', '--prefix', '--sort-by=VALUE', '--limit=2', '-w', 'json'),
  {
    args: ['txn'],
    stdin: txn(['value("a") = "0"', 'version("none") = "0"'], ['put a 1', 'get a', 'get a/ --prefix'], ['put a 2']),
  },
  { args: ['txn', '-w', 'json'], stdin: txn(['mod("a") > "1000"'], ['put a 3'], ['get a', 'del b', 'get b']) },
  { args: ['txn'], stdin: txn(['create("none") = "0"'], ['del a/ --prefix', 'get a/ --prefix'], []) },
  { args: ['txn'], stdin: txn([], ['put same 1', 'put same 2'], []) },
  { args: ['txn'], stdin: txn([], ['del z --prefix', 'put z 1'], []) },
  { args: ['txn'], stdin: txn(['value("none") = ""'], ['put yes 1'], ['put no 1']) },
  { args: ['txn', '-w', 'json'], stdin: txn(['version("a") < "5"'], ['get c'], []) },
  get('', '--prefix', '-w', 'json'),
  del('nothing'),
  del('c', '--prev-kv'),
  del('b', '--prefix', '-w', 'json'),
  put('c', 'a second life'),
  get('c', '-w', 'json'),
  del('y', '--from-key'),
  del('a', 'b'),
  get('', '--prefix'),
  get('a', '--rev=12'),
  { args: ['compaction', '1000'] },
  { args: ['compaction', '10'] },
  { args: ['compaction', '10'] },
  { args: ['compaction', '5'] },
  get('hello', '--rev=9'),
  get('hello', '--rev=10'),
  get('a', '--rev=12', '-w', 'json'),
  { args: ['compaction', '14', '--physical'] },
  get('', '--prefix', '--rev=14', '-w', 'json'),
  del('', '--prefix'),
  get('', '--prefix', '-w', 'json'),
  { args: ['member', 'list'] },
  { args: ['member', 'list', '-w', 'json'] },
  { args: ['endpoint', 'health'], endpoints: 'all', mask: [TOOK] },
  { args: ['endpoint', 'status', '-w', 'json'], endpoints: 'all', mask: [STATUS_NUMBERS, LEADER] },
  { args: ['endpoint', 'hashkv', '-w', 'json'], endpoints: 'all', mask: [HASHES] },
  { args: ['snapshot', 'save', 'backup'] },
];
