import { etcdserverpb } from '../../src/gen/proto.js';
import { expectOk } from '../support/etcd-client.js';
import type { Case, Subject } from './case.js';

// Alarms are raised by the members' own request, which etcdctl does not offer.

const { AlarmRequest, AlarmResponse, AlarmType } = etcdserverpb;
const CODECS = { request: AlarmRequest, response: AlarmResponse };
/** The id of no member, the same in both systems. */
const MEMBER_ID = 4660;

export const raising =
  (alarm: etcdserverpb.AlarmType) =>
  async ({ cluster }: Subject): Promise<void> => {
    const request = { action: AlarmRequest.AlarmAction.ACTIVATE, memberID: MEMBER_ID, alarm };
    expectOk(await cluster.client(0).call('/etcdserverpb.Maintenance/Alarm', CODECS, request));
  };

const STATUS_NUMBERS = /"(dbSize|dbSizeInUse|raftIndex|raftAppliedIndex|raftTerm|version|revision)":("[^"]*"|\d+)/g;
const LEADER = /(?<="leader":)"[^"]*"/g;

const call = (...args: readonly string[]): Case => ({ args });
const txn = (...success: readonly string[]): Case => ({
  args: ['txn'],
  stdin: ['', ...success, '', '', ''].join('\n'),
});
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `put many${at} x`);

export const MAINTENANCE_CASES: readonly Case[] = [
  call('put', 'alarmed', '1'),
  call('put', 'alarmed', '2'),
  call('alarm', 'list'),
  call('alarm', 'disarm'),
  { ...call('alarm', 'list'), before: raising(AlarmType.NOSPACE) },
  // etcd 3.4 sends no header with alarms.
  { ...call('alarm', 'list', '-w', 'json'), drop: /"header":\{[^}]*\},/ },
  { args: ['endpoint', 'status', '-w', 'json'], mask: [STATUS_NUMBERS, LEADER] },
  call('put', 'alarmed', '3'),
  call('put', 'absent', '--ignore-value'),
  txn('put alarmed 3'),
  txn('del alarmed', 'get alarmed'),
  txn('get alarmed'),
  call('del', 'alarmed'),
  call('get', 'alarmed'),
  call('alarm', 'disarm'), // etcd lists several in no order
  { ...call('alarm', 'list'), before: raising(AlarmType.CORRUPT) },
  call('put', 'alarmed', '3'),
  call('del', 'alarmed'),
  txn('del alarmed'),
  txn('get alarmed'),
  call('compaction', '20'),
  call('get', 'alarmed'),
  call('alarm', 'disarm'),
  call('alarm', 'list'),
  call('put', 'alarmed', '4'),
  { args: ['defrag'], endpoints: 'all' },
  { args: ['endpoint', 'hashkv'], endpoints: 'n1', mask: [/(?<=, )\d+/g] },
  txn(...many(128)),
  txn(...many(129)),
];
