import { raftkv } from '../../gen/proto.js';
import type { KvStore, RecordHash } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import { clampInteger } from '../../util/integer.js';
import { randomInteger, type Random } from '../../util/random.js';
import type { HashPoint, MemberHash } from './hash-comparison.js';

const NO_RECORDS: RecordHash = { hash: 0, appliedIndex: 0 };

/** Longest wait for an answer, in ms; hashing a large store takes long. */
const ANSWER_MS = 60_000;

export interface HashCallsOptions {
  readonly node: Pick<RaftNode, 'call' | 'isConnected'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Pick<KvStore, 'hashKv' | 'hashRecords' | 'recordHashAt' | 'revision' | 'compactedRevision'>;
  readonly onFatal: (error: unknown) => void;
}

interface Open {
  readonly to: NodeId;
  readonly cancel: Cancel;
  readonly done: (answer: MemberHash | undefined) => void;
}

/** Requests hashes from other members, and answers their requests, over the links between members. */
export class HashCalls {
  readonly #options: HashCallsOptions;
  readonly #open = new Map<number, Open>();
  /** Starts at a random number, so that answers to an earlier start match nothing. */
  #lastId: number | undefined;
  /** Hashes one request at a time; others are dropped meanwhile. */
  #hashing = false;

  constructor(options: HashCallsOptions) {
    this.#options = options;
  }

  /** @param done called once; without a value if there is no answer in time, or no link */
  ask(to: NodeId, { revision, compactRevision }: HashPoint, done: (answer: MemberHash | undefined) => void): void {
    const { node, clock, random } = this.#options;
    if (!node.isConnected(to)) return done(undefined);
    const id = (this.#lastId ?? randomInteger(random, 0, 2 ** 48)) + 1;
    this.#lastId = id;
    this.#open.set(id, { to, cancel: clock.timeout(ANSWER_MS, () => this.#close(id, undefined)), done });
    node.call(to, raftkv.PeerCall.encode({ id, hashQuestion: { revision, compactRevision } }).finish());
  }

  /** Handles a request or an answer. */
  received(from: NodeId, call: raftkv.PeerCall): void {
    const id = clampInteger(call.id);
    const { hashQuestion, hashAnswer } = call;
    if (hashAnswer && this.#open.get(id)?.to === from) this.#close(id, fromWire(hashAnswer));
    if (!hashQuestion || this.#hashing) return;
    this.#hashing = true;
    this.#reply(from, id, hashQuestion)
      .catch(this.#options.onFatal)
      .finally(() => (this.#hashing = false));
  }

  stop(): void {
    for (const id of [...this.#open.keys()]) this.#close(id, undefined);
  }

  /** Answers a request, by whatever way it came. */
  async answer(question: raftkv.HashQuestion.$Properties): Promise<raftkv.HashAnswer.$Properties> {
    const { store } = this.#options;
    const asked = clampInteger(question.revision);
    const revision = question.orEarlier === true ? Math.min(asked, store.revision()) : asked;
    const compactRevision = Math.max(clampInteger(question.compactRevision) || -1, store.compactedRevision());
    const result = await store.hashKv(revision, { compactRevision });
    // Afterwards: the caller may compare it with its own at the same index, which it remembers for a while.
    const { hash: recordHash, appliedIndex } =
      (await this.#recordsAt(clampInteger(question.appliedIndex))) ?? NO_RECORDS;
    if (result.kind === 'error') return { known: false, recordHash, appliedIndex };
    return { known: true, hash: result.hash, compactRevision, revision: result.hashRevision, recordHash, appliedIndex };
  }

  async #recordsAt(index: number): Promise<RecordHash | undefined> {
    const { store } = this.#options;
    if (index === 0) return await store.hashRecords();
    const hash = store.recordHashAt(index);
    return hash === undefined ? undefined : { hash, appliedIndex: index };
  }

  async #reply(to: NodeId, id: number, question: raftkv.HashQuestion.$Properties): Promise<void> {
    const hashAnswer = await this.answer(question);
    this.#options.node.call(to, raftkv.PeerCall.encode({ id, hashAnswer }).finish());
  }

  #close(id: number, answer: MemberHash | undefined): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.cancel();
    open?.done(answer);
  }
}

function fromWire(answer: raftkv.HashAnswer.$Properties): MemberHash {
  const { known, hash, compactRevision, recordHash, appliedIndex } = answer;
  const index = clampInteger(appliedIndex);
  return {
    state: known === true ? { hash: hash ?? 0, compactRevision: clampInteger(compactRevision) } : undefined,
    // A member of an earlier version answers none.
    records: index === 0 ? undefined : { hash: recordHash ?? 0, appliedIndex: index },
  };
}
