import type { BadInput } from './bad-input.js';

/** The outcome of a call: `ok`, or the error's code and text. */
export type Verdict = string;

/** An intended or unavoidable difference. */
interface Known {
  /** The wording of docs/DIVERGENCE.md if the difference is intended. */
  readonly name: string;
  readonly fits: (input: BadInput, ours: Verdict, theirs: Verdict) => boolean;
}

/** The texts for a call and for a stream. */
const UNREADABLE = ['13 grpc: error unmarshalling request', '13 grpc: failed to unmarshal the received message'];
const WITHOUT_FIELDS = new Set([
  'Maintenance/Status',
  'Maintenance/Hash',
  'Maintenance/Defragment',
  'Maintenance/Snapshot',
  'Lease/LeaseLeases',
]);
const ABSENT = new Set(['KV/RangeStream', 'Maintenance/Downgrade']);
const BAD_SORT = '3 etcdserver: invalid sort option';

export const KNOWN: readonly Known[] = [
  {
    name: 'bytes that are not a message: each library has its own text',
    fits: (_, ours, theirs) => UNREADABLE.some((text) => ours.startsWith(text) && theirs.startsWith(text)),
  },
  {
    name: 'a field of another wire type is refused by Go, and skipped as unknown by protobufjs',
    fits: ({ title }, ours, theirs) =>
      title === 'a field of another wire type' &&
      UNREADABLE.some((text) => theirs.startsWith(text)) &&
      theirs.includes('proto: wrong wireType') &&
      !ours.startsWith('13 '),
  },
  {
    name: 'a request without fields is not read',
    fits: ({ method, title }) => WITHOUT_FIELDS.has(method) && title === 'field number 0',
  },
  {
    name: 'protobufjs takes no group in a message without fields',
    fits: ({ title }, ours) =>
      title === 'a group' &&
      UNREADABLE.some((text) => ours.startsWith(text) && ours.endsWith(' invalid end group tag')),
  },
  {
    name: 'sort order and target out of range',
    fits: ({ title }, ours) => title.includes('sort') && ours === BAD_SORT,
  },
  {
    name: '`HashKV` at the compacted revision',
    fits: ({ method }, ours, theirs) => method === 'Maintenance/HashKV' && ours === 'ok' && theirs.startsWith('11 '),
  },
  {
    name: 'methods that etcd 3.4 lacks: checks only that the member keeps running',
    fits: ({ method }, _, theirs) => ABSENT.has(method) && theirs.startsWith('12 unknown method '),
  },
  {
    name: '`Alarm` with an unknown action',
    fits: ({ method }, ours, theirs) => method === 'Maintenance/Alarm' && ours === 'ok' && theirs.startsWith('14 '),
  },
  {
    name: 'a downgrade: raftkv has one version of the storage schema',
    fits: ({ method }, ours) => method === 'Maintenance/Downgrade' && /^(?:3|9) etcdserver: /.test(ours),
  },
  {
    name: 'a progress request on a stream without watches: etcd from 3.5 on does not answer it',
    fits: ({ title }, ours, theirs) =>
      title.startsWith('progressRequest') && ours === '{"watchId":"-1"}, continues' && theirs === 'continues',
  },
  {
    name: 'a negative start revision: older versions of etcd begin at the first revision',
    fits: ({ title }, ours, theirs) =>
      title.includes('startRevision "-') &&
      ours.startsWith('{"watchId":"-1","created":true,"canceled":true') &&
      theirs !== ours,
  },
  {
    name: 'two additions of the same URLs within a second have the same id in etcd',
    fits: (_, ours, theirs) =>
      ours === '9 etcdserver: Peer URLs already exists' && theirs === '9 etcdserver: member ID already exist',
  },
];
