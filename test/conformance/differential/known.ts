import type { BadInput } from './bad-input.js';

/** What a call came to: `ok`, or the error's code and text. */
export type Verdict = string;

/** A difference that is meant, or cannot be helped. */
interface Known {
  /** As docs/DIVERGENCE.md has it, where it is a choice of ours. */
  readonly name: string;
  readonly fits: (input: BadInput, ours: Verdict, theirs: Verdict) => boolean;
}

const UNREADABLE = '13 grpc: error unmarshalling request: ';
const WITHOUT_FIELDS = new Set(['Maintenance/Status', 'Lease/LeaseLeases']);
const BAD_SORT = '3 etcdserver: invalid sort option';

export const KNOWN: readonly Known[] = [
  {
    name: 'bytes that are no message: each library has words of its own for them',
    fits: (_, ours, theirs) => ours.startsWith(UNREADABLE) && theirs.startsWith(UNREADABLE),
  },
  {
    name: 'a field of another wire type is refused by Go, and skipped as unknown by protobufjs',
    fits: ({ title }, ours, theirs) =>
      title === 'a field of another wire type' &&
      theirs.startsWith(`${UNREADABLE}proto: wrong wireType`) &&
      !ours.startsWith('13 '),
  },
  {
    name: 'a request without fields is not read',
    fits: ({ method, title }) => WITHOUT_FIELDS.has(method) && title === 'field number 0',
  },
  {
    name: 'protobufjs takes no group in a message without fields',
    fits: ({ title }, ours) => title === 'a group' && ours === `${UNREADABLE}invalid end group tag`,
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
    name: 'two additions of the same URLs within a second have the same id in etcd',
    fits: (_, ours, theirs) =>
      ours === '9 etcdserver: Peer URLs already exists' && theirs === '9 etcdserver: member ID already exist',
  },
];
