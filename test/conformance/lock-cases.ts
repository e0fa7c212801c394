import type { Case } from './case.js';

const lock = (...args: readonly string[]): Case => ({ args: ['lock', ...args] });

/** Calls that end by themselves without waiting: etcdctl waits with a watch. */
export const LOCK_CASES: readonly Case[] = [
  lock('jobs', 'echo', 'held'),
  lock('jobs', 'sh', '--', '-c', 'echo $ETCD_LOCK_REV; echo $ETCD_LOCK_KEY | sed "s|/.*||"'),
  lock('jobs', 'sh', '--', '-c', 'exit 7'),
  lock('jobs', '--ttl', '5', 'true'),
  lock('jobs', './no-such-program'),
  { args: ['get', 'jobs/', '--prefix', '-w', 'json'] },
  { args: ['elect', 'chair'] },
  { args: ['elect', 'chair', 'value', '-l'] },
  { args: ['lease', 'list'], mask: [/^[0-9a-f]{16}$/gm] },
];
