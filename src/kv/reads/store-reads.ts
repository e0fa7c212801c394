import type { etcdserverpb, raftkvpb } from '../../gen/proto.js';
import { assert } from '../../util/assert.js';
import type { AnswerMemory } from '../../util/answer-growth.js';
import { WorkTurns, type Caller } from '../../util/work-turns.js';
import { EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import { holdLeasedKeys } from '../auth/lease-keys.js';
import type { PermittedKeys } from '../auth/key-ranges.js';
import { checkRange, checkTxn, DEFAULT_MAX_TXN_OPS, isReadOnlyTxn } from '../commands/checks.js';
import { kvError, type KvError } from '../errors.js';
import { CallerGone, CallerReader } from './caller-reader.js';
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
  /** Resolves in a later turn of the event loop. */
  readonly pause: () => Promise<void>;
}

/** The caller of a read. Once it has gone, the read ends early, with a result that is not sent. */
export interface ReadCaller extends Caller {
  /** Bounds large answers. */
  readonly answerRoom?: AnswerMemory | undefined;
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
  readonly #turns: WorkTurns;
  /** Checks of the keys of all leases. */
  readonly leasedKeys: LeasedKeyChecks;

  constructor(options: StoreReadsOptions) {
    this.#options = options;
    this.#turns = new WorkTurns(options.pause);
    this.leasedKeys = new LeasedKeyChecks(options);
  }

  range(request: etcdserverpb.RangeRequest.$Properties, caller?: ReadCaller): ReadResult | Promise<ReadResult> {
    const view = this.#options.view();
    this.counts.ranges += 1;
    const wrong = checkRange(request);
    if (wrong !== undefined) return refused(view, wrong);
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
    const growth = (request.rangeEnd?.length ?? 0) > 0 ? caller?.answerRoom?.grow() : undefined;
    const reader = this.#reader(view, caller);
    let outcome: ReturnType<typeof evaluateRange> | undefined;
    const end = (): void => {
      growth?.end();
      view.release();
    };
    try {
      outcome = evaluateRange(reader, request, growth);
      if (!(outcome instanceof Promise)) return rangeResult(reader, outcome);
    } finally {
      if (!(outcome instanceof Promise)) end();
    }
    return outcome
      .then((settled) => rangeResult(reader, settled))
      .catch((error: unknown) => refused(view, errorOfGone(error)))
      .finally(end);
  }

  async rangeInPieces(
    request: etcdserverpb.RangeRequest.$Properties,
    take: (body: Uint8Array) => Promise<boolean>,
    caller?: Caller,
  ): Promise<ReadResult | undefined> {
    this.counts.ranges += 1;
    const view = this.#options.view();
    const wrong = checkRange(request);
    if (wrong !== undefined) return refused(view, wrong);
    view.retain();
    const reader = this.#reader(view, caller);
    const pieces = streamRange(reader, request);
    try {
      for (;;) {
        const next = await pieces.next();
        if (next.done === true) return await rangeResult(reader, next.value);
        if (!(await take(encodePiece(next.value)))) return undefined;
      }
    } catch (error) {
      return refused(view, errorOfGone(error));
    } finally {
      // Closes its cursor.
      await pieces.return({ kind: 'ok', keyValues: [], more: false, count: 0 });
      view.release();
    }
  }

  async readTxn(request: etcdserverpb.TxnRequest.$Properties, caller?: ReadCaller): Promise<ReadResult> {
    const view = this.#options.view();
    this.counts.txns += 1;
    const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
    const wrong = checkTxn(request, this.#options.maxTxnOps ?? DEFAULT_MAX_TXN_OPS);
    if (wrong !== undefined) return { kind: 'error', error: wrong, ...position };
    assert(isReadOnlyTxn(request), 'a transaction that writes goes through the log');
    const growth = caller?.answerRoom?.grow();
    const reader = this.#reader(view, caller);
    try {
      return await withView(view, async () => ({ ...(await readTxn(reader, request, growth)), ...position }));
    } catch (error) {
      return refused(view, errorOfGone(error));
    } finally {
      growth?.end();
    }
  }

  /** A page of a query of an index. */
  async queryIndex(request: raftkvpb.IndexQueryRequest.$Properties, caller?: Caller): Promise<IndexPage> {
    const view = this.#options.view();
    this.counts.queries += 1;
    const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
    const reader = this.#reader(view, caller);
    const found = await withView(view, () => queryPage(reader, request)).catch(errorOfGone);
    if (found.kind !== 'page') return { kind: 'error', error: found, ...position };
    const { body, entries, nextToken } = found;
    return { kind: 'ok', body, entries, nextToken, ...position };
  }

  /** All pages, as of one state. @param take is awaited for each page but the last; false ends the query */
  async queryIndexInPages(
    request: raftkvpb.IndexQueryRequest.$Properties,
    take: (page: Extract<ReadResult, { kind: 'ok' }>) => Promise<boolean>,
    caller?: Caller,
  ): Promise<ReadResult> {
    const view = this.#options.view();
    const reader = this.#reader(view, caller);
    const position = { revision: view.revision, appliedIndex: view.meta.appliedIndex };
    return await withView(view, async () => {
      let left = clampInteger(request.limit);
      let pageToken = request.pageToken ?? EMPTY;
      for (;;) {
        this.counts.queries += 1;
        const found = await queryPage(reader, { ...request, limit: left, pageToken }).catch(errorOfGone);
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

  async hashKv(point: HashPoint, caller?: Caller): Promise<HashResult> {
    const view = this.#options.view();
    const { revision } = view;
    const hashRevision = point.revision <= 0 ? revision : point.revision;
    const compactRevision = point.compactRevision ?? view.compactedRevision;
    const refuse = (kind: KvError['kind']): HashResult => ({ kind: 'error', revision, error: kvError(kind) });
    if (hashRevision > revision) return refuse('future-revision');
    if (hashRevision < compactRevision || compactRevision < view.compactedRevision) return refuse('compacted');
    const reader = this.#reader(view, caller);
    const { pause } = reader;
    return await withView(view, async (): Promise<HashResult> => {
      const hash = await hashVersions(reader, { revision: hashRevision, compactRevision, pause });
      return { kind: 'ok', hash, revision, hashRevision, compactRevision };
    }).catch((error: unknown) => ({ kind: 'error', revision, error: errorOfGone(error) }));
  }

  /** No keys if the caller has gone. */
  async keysOfLease(lease: bigint, caller?: Caller): Promise<readonly Uint8Array[]> {
    const view = this.#options.view();
    const reader = this.#reader(view, caller);
    return await withView(view, () => keysOfLease(reader, lease, reader.pause)).catch((error: unknown) => {
      errorOfGone(error);
      return [];
    });
  }

  async holdLeasedKeys(lease: bigint, ranges: PermittedKeys): Promise<boolean> {
    const view = this.#options.view();
    const reader = this.#reader(view, undefined);
    return await withView(view, () => holdLeasedKeys(reader, lease, ranges, reader.pause));
  }

  async hashRecords(): Promise<RecordHash> {
    const view = this.#options.view();
    const { appliedIndex } = view.meta;
    const { rows, pause } = this.#reader(view, undefined);
    return await withView(view, async () => ({ hash: await hashRecords(rows, pause), appliedIndex }));
  }

  /** Undefined if the caller has gone. */
  async hashAll(caller?: Caller): Promise<{ readonly hash: number; readonly revision: number } | undefined> {
    const view = this.#options.view();
    const { revision } = view;
    const { rows, pause } = this.#reader(view, caller);
    try {
      return await withView(view, async () => ({ hash: await hashRows(rows, pause), revision }));
    } catch (error) {
      errorOfGone(error);
      return undefined;
    }
  }

  #reader(view: View, caller: Caller | undefined): CallerReader {
    return new CallerReader(view, this.#turns, caller);
  }
}

/** The result of a read that ended because its caller has gone; it is not sent. @throws any other error */
function errorOfGone(error: unknown): KvError {
  if (error instanceof CallerGone) return kvError('answer-too-large');
  throw error;
}

function refused({ revision, meta }: View, error: KvError): ReadResult {
  return { kind: 'error', error, revision, appliedIndex: meta.appliedIndex };
}

function rangeResult(reader: CallerReader, outcome: RangeOutcome): ReadResult | Promise<ReadResult> {
  const position = { revision: reader.revision, appliedIndex: reader.appliedIndex };
  if (outcome.kind === 'error') return { ...outcome, ...position };
  const body = encodeRangeAnswer(reader, outcome);
  if (body instanceof Promise) return body.then((made) => ({ kind: 'ok', body: made, ...position }));
  return { kind: 'ok', body, ...position };
}
