import type { etcdserverpb, raftkvpb } from '../../gen/proto.js';
import { assert } from '../../util/assert.js';
import type { AnswerMemory } from '../../util/answer-growth.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { holdLeasedKeys } from '../auth/lease-keys.js';
import type { PermittedKeys } from '../auth/key-ranges.js';
import { checkRange, checkTxn, DEFAULT_MAX_TXN_OPS, isReadOnlyTxn } from '../commands/checks.js';
import { kvError, type KvError } from '../errors.js';
import { queryPage } from '../indexes/query.js';
import { keysOfLease } from '../leases/leases.js';
import { hashRows, hashVersions } from './hash.js';
import { encodeKeyAnswer, encodeRangeAnswer, type RangeOutcome } from './range-answer.js';
import { LeasedKeyChecks } from './leased-key-checks.js';
import { isPlainKey } from './range-plan.js';
import { evaluateRange } from './range.js';
import { encodePiece, streamRange } from './range-stream.js';
import type { ReadResult } from '../results.js';
import { readTxn } from '../commands/txn.js';
import { hashRecords } from '../state/record-hash.js';
import { withView, type View } from '../state/view.js';

export interface StoreReadsOptions {
  /** The published state. */
  readonly view: () => View;
  readonly maxTxnOps: number | undefined;
  /** Awaited between two slices of a long walk. */
  readonly pause: () => Promise<void>;
}

/** The revisions of a hash: it covers the versions visible from `compactRevision` to `revision`. */
export interface HashPoint {
  /** 0 for the newest. */
  readonly revision: number;
  /** Default: the state's own compacted revision. */
  readonly compactRevision?: number;
}

export type HashResult =
  | {
      readonly kind: 'ok';
      readonly hash: number;
      /** The newest revision of the state that was hashed. */
      readonly revision: number;
      /** The requested revision. */
      readonly hashRevision: number;
      readonly compactRevision: number;
    }
  | { readonly kind: 'error'; readonly revision: number; readonly error: KvError };

/** A page of a query. */
export type IndexPage =
  | (Extract<ReadResult, { kind: 'ok' }> & { readonly entries: number; readonly nextToken: Uint8Array })
  | Extract<ReadResult, { kind: 'error' }>;

/** A hash of users and leases, and the index of the last entry that was applied to them. */
export interface RecordHash {
  readonly hash: number;
  readonly appliedIndex: number;
}

/** Reads of the published state. A read over several turns holds its view until the end. */
export class StoreReads {
  readonly #options: StoreReadsOptions;
  /** Reads since the store was opened. */
  readonly counts = { ranges: 0, txns: 0, queries: 0 };
  /** Checks of the keys of all leases. */
  readonly leasedKeys: LeasedKeyChecks;

  constructor(options: StoreReadsOptions) {
    this.#options = options;
    this.leasedKeys = new LeasedKeyChecks(options);
  }

  range(request: etcdserverpb.RangeRequest.$Properties, memory?: AnswerMemory): ReadResult | Promise<ReadResult> {
    const view = this.#options.view();
    this.counts.ranges += 1;
    const wrong = checkRange(request);
    if (wrong !== undefined) return rangeResult(view, { kind: 'error', error: wrong });
    if (isPlainKey(request)) {
      const { revision, meta } = view;
      return {
        kind: 'ok',
        body: encodeKeyAnswer(view.current(request.key ?? EMPTY)),
        revision,
        appliedIndex: meta.appliedIndex,
      };
    }
    // Before the work begins: a view of a closed store refuses it, and nothing is left over.
    view.retain();
    const growth = (request.rangeEnd?.length ?? 0) > 0 ? memory?.grow() : undefined;
    let outcome: ReturnType<typeof evaluateRange> | undefined;
    const end = (): void => {
      growth?.end();
      view.release();
    };
    try {
      outcome = evaluateRange(view, request, growth);
      if (!(outcome instanceof Promise)) return rangeResult(view, outcome);
    } finally {
      if (!(outcome instanceof Promise)) end();
    }
    return outcome.then((settled) => rangeResult(view, settled)).finally(end);
  }

  async rangeInPieces(
    request: etcdserverpb.RangeRequest.$Properties,
    take: (body: Uint8Array) => Promise<boolean>,
  ): Promise<ReadResult | undefined> {
    this.counts.ranges += 1;
    const view = this.#options.view();
    const wrong = checkRange(request);
    if (wrong !== undefined) return rangeResult(view, { kind: 'error', error: wrong });
    view.retain();
    const pieces = streamRange(view, request);
    try {
      for (;;) {
        const next = await pieces.next();
        if (next.done === true) return rangeResult(view, next.value);
        if (!(await take(encodePiece(next.value)))) return undefined;
      }
    } finally {
      // Closes its cursor.
      await pieces.return({ kind: 'ok', keyValues: [], more: false, count: 0 });
      view.release();
    }
  }

  async readTxn(request: etcdserverpb.TxnRequest.$Properties, memory?: AnswerMemory): Promise<ReadResult> {
    const view = this.#options.view();
    this.counts.txns += 1;
    const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
    const wrong = checkTxn(request, this.#options.maxTxnOps ?? DEFAULT_MAX_TXN_OPS);
    if (wrong !== undefined) return { kind: 'error', error: wrong, ...position };
    assert(isReadOnlyTxn(request), 'a transaction that writes goes through the log');
    const growth = memory?.grow();
    try {
      return await withView(view, async () => ({ ...(await readTxn(view, request, growth)), ...position }));
    } finally {
      growth?.end();
    }
  }

  /** A page of a query of an index. */
  async queryIndex(request: raftkvpb.IndexQueryRequest.$Properties): Promise<IndexPage> {
    const view = this.#options.view();
    this.counts.queries += 1;
    const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
    const found = await withView(view, () => queryPage(view, request));
    if (found.kind !== 'page') return { kind: 'error', error: found, ...position };
    const { body, entries, nextToken } = found;
    return { kind: 'ok', body, entries, nextToken, ...position };
  }

  /** All pages, as of one state. @param take is awaited for each page but the last; false ends the query */
  async queryIndexInPages(
    request: raftkvpb.IndexQueryRequest.$Properties,
    take: (page: Extract<ReadResult, { kind: 'ok' }>) => Promise<boolean>,
  ): Promise<ReadResult> {
    const view = this.#options.view();
    const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
    return await withView(view, async () => {
      let left = clampInteger(request.limit);
      let pageToken = request.pageToken ?? EMPTY;
      for (;;) {
        this.counts.queries += 1;
        const found = await queryPage(view, { ...request, limit: left, pageToken });
        if (found.kind !== 'page') return { kind: 'error', error: found, ...position };
        const isLast = found.nextToken.length === 0 || (left > 0 && found.entries >= left);
        const page = { kind: 'ok', body: found.body, ...position } as const;
        // The caller has ended the stream, so the result is dropped.
        if (isLast || !(await take(page))) return page;
        if (left > 0) left -= found.entries;
        pageToken = found.nextToken;
      }
    });
  }

  async hashKv(point: HashPoint): Promise<HashResult> {
    const view = this.#options.view();
    const { revision } = view;
    const hashRevision = point.revision <= 0 ? revision : point.revision;
    const compactRevision = point.compactRevision ?? view.compactedRevision;
    const refuse = (kind: KvError['kind']): HashResult => ({ kind: 'error', revision, error: kvError(kind) });
    if (hashRevision > revision) return refuse('future-revision');
    if (hashRevision < compactRevision || compactRevision < view.compactedRevision) return refuse('compacted');
    return await withView(view, async () => {
      const hash = await hashVersions(view, { revision: hashRevision, compactRevision, pause: this.#options.pause });
      return { kind: 'ok', hash, revision, hashRevision, compactRevision };
    });
  }

  async keysOfLease(lease: bigint): Promise<readonly Uint8Array[]> {
    const view = this.#options.view();
    return await withView(view, () => keysOfLease(view, lease, this.#options.pause));
  }

  async holdLeasedKeys(lease: bigint, ranges: PermittedKeys): Promise<boolean> {
    const view = this.#options.view();
    return await withView(view, () => holdLeasedKeys(view, lease, ranges, this.#options.pause));
  }

  async hashRecords(): Promise<RecordHash> {
    const view = this.#options.view();
    const { appliedIndex } = view.meta;
    return await withView(view, async () => ({
      hash: await hashRecords(view.rows, this.#options.pause),
      appliedIndex,
    }));
  }

  async hashAll(): Promise<{ readonly hash: number; readonly revision: number }> {
    const view = this.#options.view();
    return await withView(view, async () => ({
      hash: await hashRows(view.rows, this.#options.pause),
      revision: view.revision,
    }));
  }
}

function rangeResult(view: View, outcome: RangeOutcome): ReadResult | Promise<ReadResult> {
  const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
  if (outcome.kind === 'error') return { ...outcome, ...position };
  const body = encodeRangeAnswer(view, outcome);
  if (body instanceof Promise) return body.then((made) => ({ kind: 'ok', body: made, ...position }));
  return { kind: 'ok', body, ...position };
}
