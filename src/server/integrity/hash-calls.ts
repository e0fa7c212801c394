import { raftkv } from '../../gen/proto.js';
import type { KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import { clampInteger } from '../../util/integer.js';
import { randomInteger, type Random } from '../../util/random.js';
import type { HashPoint, MemberHash } from './hash-comparison.js';

/** Longest wait for an answer, in ms; hashing a large store takes long. */
const ANSWER_MS = 60_000;

export interface HashCallsOptions {
  readonly node: Pick<RaftNode, 'call' | 'isConnected'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Pick<KvStore, 'hashKv' | 'hashAuth' | 'revision' | 'compactedRevision'>;
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

  /** @param done called once; without a value if there is no answer in time, no link, or no such revision */
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
    const { hash: authHash, revision: authRevision } = store.hashAuth();
    const result = await store.hashKv(revision, compactRevision);
    if (result.kind === 'error') return { known: false, authHash, authRevision };
    return { known: true, hash: result.hash, compactRevision, revision: result.hashRevision, authHash, authRevision };
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

function fromWire(answer: raftkv.HashAnswer.$Properties): MemberHash | undefined {
  const { known, hash, compactRevision, authHash, authRevision } = answer;
  if (known !== true) return undefined;
  // A member without users, of an earlier version, answers 0.
  const auth = { revision: clampInteger(authRevision), hash: authHash ?? 0 };
  return { hash: hash ?? 0, compactRevision: clampInteger(compactRevision), auth };
}
