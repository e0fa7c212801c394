import * as fc from 'fast-check';
import { call, integer, key, rangeEnd, rarely, revision, type Call } from './calls.js';
import type { Plain } from './schema.js';

/** The steps of a run of watches, which share one stream. */
export type WatchStep =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'create'; readonly request: Plain }
  | { readonly kind: 'cancel'; readonly watchId: string };

const watchId = fc.oneof(
  { weight: 4, arbitrary: fc.constant('0') },
  { weight: 1, arbitrary: fc.constantFrom('1', '2', '3', '4', '7', '-5', '9007199254740993') },
);

const create = fc.record({
  key,
  rangeEnd,
  // etcd before 3.6.6 accepts a negative one if nothing is compacted; raftkv refuses it, as later versions do.
  startRevision: revision.filter((text) => !text.startsWith('-')),
  prevKv: rarely,
  filters: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constantFrom(['NOPUT'], ['NODELETE'], ['NOPUT', 'NODELETE'], ['NOPUT', 'NOPUT']) },
  ),
  watchId,
  fragment: rarely,
});

const compact = integer.map((asked): Call => ({ method: 'KV/Compact', request: { revision: asked } }));
const write = call.filter(({ method }) => method !== 'KV/Compact' && method !== 'KV/Range');

export const watchStep: fc.Arbitrary<WatchStep> = fc.oneof(
  { weight: 30, arbitrary: write.map((made): WatchStep => ({ kind: 'call', call: made })) },
  { weight: 1, arbitrary: compact.map((made): WatchStep => ({ kind: 'call', call: made })) },
  { weight: 12, arbitrary: create.map((request): WatchStep => ({ kind: 'create', request })) },
  { weight: 3, arbitrary: watchId.map((id): WatchStep => ({ kind: 'cancel', watchId: id })) },
);
