import { raftkv } from '../gen/proto.js';
import type { HashResult } from '../kv/store.js';
import type { RaftNode } from '../node/node.js';
import type { Cancel, Clock } from '../ports/clock.js';
import type { NodeId } from '../raft/types.js';
import { clampInteger } from '../util/integer.js';
import { randomInteger, type Random } from '../util/random.js';
import type { MemberHash } from './hash-comparison.js';

/** How long an answer is waited for, in ms: a large store is hashed for long. */
const ANSWER_MS = 60_000;

export interface HashCallsOptions {
  readonly node: () => Pick<RaftNode, 'call' | 'isConnected'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: (revision: number) => Promise<HashResult>;
  readonly onFatal: (error: unknown) => void;
}

interface Open {
  readonly cancel: Cancel;
  readonly done: (answer: MemberHash | undefined) => void;
}

/** Members ask each other for the hash of their state, on the links that they have. */
export class HashCalls {
  readonly #options: HashCallsOptions;
  readonly #open = new Map<number, Open>();
  /** Begins by chance: an answer to an earlier life finds nobody. */
  #lastId: number | undefined;
  /** One at a time: who asks more often does not get more answers. */
  #hashing = false;

  constructor(options: HashCallsOptions) {
    this.#options = options;
  }

  /** @param done called once; with nothing where there is no answer in time, no way to the member, or no such revision */
  ask(to: NodeId, revision: number, done: (answer: MemberHash | undefined) => void): void {
    const { node, clock, random } = this.#options;
    if (!node().isConnected(to)) return done(undefined);
    const id = (this.#lastId ?? randomInteger(random, 0, 2 ** 48)) + 1;
    this.#lastId = id;
    this.#open.set(id, { cancel: clock.timeout(ANSWER_MS, () => this.#close(id, undefined)), done });
    node().call(to, raftkv.PeerCall.encode({ id, hashQuestion: { revision } }).finish());
  }

  /** A question or an answer has come. */
  received(from: NodeId, call: raftkv.PeerCall): void {
    const id = clampInteger(call.id);
    const { hashQuestion, hashAnswer } = call;
    if (hashAnswer) this.#close(id, fromWire(hashAnswer));
    if (!hashQuestion || this.#hashing) return;
    this.#hashing = true;
    this.#answer(from, id, clampInteger(hashQuestion.revision))
      .catch(this.#options.onFatal)
      .finally(() => (this.#hashing = false));
  }

  stop(): void {
    for (const id of [...this.#open.keys()]) this.#close(id, undefined);
  }

  async #answer(to: NodeId, id: number, revision: number): Promise<void> {
    const { hash, node } = this.#options;
    const result = await hash(revision);
    const hashAnswer =
      result.kind === 'error'
        ? { known: false }
        : { known: true, hash: result.hash, compactRevision: result.compactRevision };
    node().call(to, raftkv.PeerCall.encode({ id, hashAnswer }).finish());
  }

  #close(id: number, answer: MemberHash | undefined): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.cancel();
    open?.done(answer);
  }
}

function fromWire({ known, hash, compactRevision }: raftkv.HashAnswer.$Properties): MemberHash | undefined {
  if (known !== true) return undefined;
  return { hash: hash ?? 0, compactRevision: clampInteger(compactRevision) };
}
