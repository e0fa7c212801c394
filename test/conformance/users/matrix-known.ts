import type { Answer } from '../../server/auth/matrix-answers.js';
import { WATCH_PATH } from '../../server/auth/matrix-rows.js';

/** A difference between etcd 3.5 and the rows of the matrix. */
interface Known {
  /** If it is documented, the wording of docs/DIVERGENCE.md. */
  readonly name: string;
  readonly isDocumented: boolean;
  readonly fits: (answer: Answer) => boolean;
}

const OLD_REVISION = /^(?:3|2) (?:etcdserver: revision of auth store is old|auth: revision in header is old)$/;

export const KNOWN: readonly Known[] = [
  {
    name: 'RPCs of newer versions',
    isDocumented: false,
    fits: ({ row, found }) => row.path === 'etcdserverpb.KV/RangeStream' && found.startsWith('12 unknown method'),
  },
  {
    name: 'keys of a lease in `LeaseTimeToLive`, a watch from a key on',
    isDocumented: true,
    fits: ({ row, caller, found }) =>
      row.path === WATCH_PATH &&
      JSON.stringify(row.request).includes('"data":[107]},"rangeEnd":{"type":"Buffer","data":[0]}') &&
      ['read key', 'key', 'prefix', 'range'].includes(caller) &&
      found === '0 ',
  },
  {
    name: '`Election.Observe` without permission',
    isDocumented: true,
    fits: ({ row, found }) =>
      row.path === 'v3electionpb.Election/Observe' && (found === '0 ' || found === 'no message'),
  },
  {
    name: 'a signed token of an older auth revision',
    isDocumented: true,
    // It is a token of root.
    fits: ({ row, caller, found, expected }) =>
      caller === 'stale token' && OLD_REVISION.test(expected) && found === (row.outcome ?? '0 '),
  },
];

/** The name of the difference that an answer has; undefined without one. */
export function knownDifference(answer: Answer): string | undefined {
  if (answer.found === answer.expected) return undefined;
  return KNOWN.find(({ fits }) => fits(answer))?.name;
}
