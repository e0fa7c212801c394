import { assert } from '../../src/util/assert.js';
import type { Case, Subject } from './case.js';

// On three members, which are called in turn; the placeholders in braces are filled in.

const member = (...args: readonly string[]): Case => ({ args: ['member', ...args] });
const moveLeader = (name: string): Case => ({ args: ['move-leader', `{id ${name}}`], endpoints: 'all' });
const add = (name: string, ...args: readonly string[]): Case =>
  member('add', name, `--peer-urls={peer ${name}}`, ...args);
const LIST = member('list');
const DONE = /./;

/** Our text continues after etcd's with the learner's progress, so etcdctl does not recognize it as etcd's. */
const PROGRESS = / \(the learner.*\)|rpc error: code = FailedPrecondition desc = /g;

const leading = (name: string) => async (contender: Subject) => await contender.lead(name);
const starting = (name: string) => (contender: Subject) => contender.join(name);
const killing =
  (name: string) =>
  async ({ cluster }: Subject): Promise<void> =>
    await cluster.kill9(cluster.indexOf(name));
const ended =
  (name: string) =>
  async ({ cluster }: Subject): Promise<void> => {
    const exit = await cluster.process(cluster.indexOf(name)).exited;
    assert(exit.code === 0, `${name} was removed, and ended with ${JSON.stringify(exit)}`);
  };

export const MEMBER_CASES: readonly Case[] = [
  { ...moveLeader('n2'), before: leading('n1') },
  moveLeader('n1'),
  { args: ['move-leader', '{id n2}'], endpoints: 'n3' },
  { args: ['move-leader', '1234'], endpoints: 'all' },

  // A learner, before and after it is started.
  { ...add('n4', '--learner'), until: DONE },
  LIST,
  member('list', '-w', 'json'),
  add('n5', '--learner'),
  member('add', 'n5', '--peer-urls={peer n1}'),
  member('add', 'n5', '--peer-urls={peer n2},{peer n5}', '--learner'),
  { ...member('promote', '{id n4}'), drop: PROGRESS },
  member('promote', '{id n1}'),
  member('promote', '1234'),
  moveLeader('n4'),
  { args: ['put', 'hello', 'again'] },
  { args: ['get', 'hello', '--consistency=s'], before: starting('n4'), endpoints: 'n4', until: /again/ },
  { args: ['put', 'hello', 'learner'], endpoints: 'n4' },
  { args: ['get', 'hello'], endpoints: 'n4' },
  { args: ['endpoint', 'hashkv'], endpoints: 'n4' },
  { ...member('promote', '{id n4}'), until: DONE },
  LIST,
  { args: ['put', 'hello', 'voter'], endpoints: 'n4', until: DONE },
  { args: ['get', 'hello'], endpoints: 'n4' },
  moveLeader('n4'),
  moveLeader('n1'),

  // Peer URLs.
  member('update', '1234', '--peer-urls={peer n5}'),
  member('update', '{id n2}', '--peer-urls={peer n3}'),
  member('update', '{id n2}', '--peer-urls={peer n2},{peer n5}'),
  member('update', '{id n2}', '--peer-urls={peer n2}', '-w', 'json'),

  // Ids are never reused.
  member('remove', '{id n4}'),
  member('remove', '{id n4}'),
  member('promote', '{id n4}'),
  member('update', '{id n4}', '--peer-urls={peer n5}'),
  member('remove', '1234'),
  { ...LIST, before: ended('n4') },

  // Changes that would cost the quorum, with one of three members down.
  { ...add('n5'), before: killing('n3') },
  member('remove', '{id n2}'),
  { ...member('remove', '{id n3}', '-w', 'json'), until: DONE },
  { ...add('n5'), until: DONE },
  LIST,
  add('n6'),
  member('remove', '{id n2}'),
  member('remove', '{id n5}'),
];
