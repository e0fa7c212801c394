import type { Case, Subject } from './case.js';
import { raising } from './maintenance-cases.js';
import { etcdserverpb } from '../../src/gen/proto.js';

// The state before a kill (SIGKILL) is there after the restart: first of one member, then of all at once.

const { AlarmType } = etcdserverpb;
const call = (...args: readonly string[]): Case => ({ args });
const get = (...args: readonly string[]): Case => call('get', ...args);
const put = (...args: readonly string[]): Case => call('put', ...args);
const LEFT = [/remaining\(\d+s\)/g, /"ttl":\d+/g];
/** The fifth lease granted to etcdctl. */
const LEASE = '{lease 5}';

const killing =
  (...names: readonly string[]) =>
  async ({ cluster }: Subject): Promise<void> => {
    const indexes = names.map((name) => cluster.indexOf(name));
    await cluster.kill9(...indexes);
    for (const index of indexes) cluster.spawn(index);
    await cluster.leader();
  };

/** The whole state of the store, each part read from a different member. */
const looks = (first: Case): readonly Case[] => [
  first,
  get('', '--prefix', '--rev=40', '-w', 'json'),
  get('a', '--rev=12'),
  { ...call('watch', 'r/', '--prefix', '--rev=15', '--prev-kv'), ends: /r\/last\nend\n$/ },
  call('watch', 'r/', '--rev=2'),
  call('compaction', '5'),
  ...['n1', 'n2', 'n3'].flatMap((endpoints): readonly Case[] => [
    { ...get('r/', '--prefix', '--consistency=s', '-w', 'json'), endpoints, until: /"count":3/ },
    { ...call('lease', 'timetolive', LEASE, '--keys'), mask: LEFT, endpoints },
    { ...call('lease', 'keep-alive', '--once', LEASE), endpoints },
    { ...call('alarm', 'list'), endpoints },
    { ...put('r/1', 'no room'), endpoints },
    { ...call('member', 'list'), endpoints },
  ]),
];

export const RESTART_CASES: readonly Case[] = [
  call('lease', 'grant', '3000'),
  put('r/1', 'one', `--lease=${LEASE}`),
  put('r/2', 'two'),
  put('r/1', 'three', '--ignore-lease'),
  { args: ['txn'], stdin: '\nput r/3 three\nput r/4 four\ndel r/2\n\n\n' },
  call('del', 'r/4'),
  put('r/last', 'end'),
  ...looks({ ...get('r/', '--prefix', '-w', 'json'), before: raising(AlarmType.NOSPACE) }),
  ...looks({ ...get('r/', '--prefix', '-w', 'json'), before: killing('n1') }),
  ...looks({ ...get('r/', '--prefix', '-w', 'json'), before: killing('n1', 'n2', 'n3') }),
  { ...call('alarm', 'disarm'), before: killing('n3') },
  put('r/1', 'goes on', '--prev-kv', '-w', 'json'),
  { ...call('lease', 'revoke', LEASE), before: killing('n1', 'n2', 'n3') },
  get('r/', '--prefix', '-w', 'json'),
];
