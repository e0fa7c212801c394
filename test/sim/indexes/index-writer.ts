import { etcdserverpb } from '../../../src/gen/proto.js';
import { clampInteger } from '../../../src/util/integer.js';
import type { Random } from '../../../src/util/random.js';
import { isNotProposed } from '../calls.js';
import type { Machine } from '../machine.js';
import { pick } from '../options.js';
import type { World } from '../world.js';
import { INDEXES, someDocument, someKey, someMail, valuesIn, type SimIndex } from './documents.js';
import { ask, type IndexCall } from './index-call.js';
import { holderIn, type StateBook } from './state-book.js';

const { PutRequest, PutResponse, TxnRequest, TxnResponse, DeleteRangeRequest, DeleteRangeResponse } = etcdserverpb;
const bytes = (text: string): Buffer => Buffer.from(text);
const MAIL = INDEXES.find(({ name }) => name === 'mail') as SimIndex;

interface Put {
  readonly key: string;
  readonly value: string;
}

export interface Turn {
  readonly client: string;
  readonly machine: Machine;
  readonly random: Random;
}

/** Writes documents, and notes what the answers say of unique indexes. */
export class IndexWriter {
  /** The writes that were answered, and the number of those with unknown outcome. */
  readonly writes = { revisions: new Set<number>(), unknown: 0 };
  /** Addresses in use. With few of them, most documents have one that another has. */
  readonly mails: number;
  readonly #world: World;
  readonly #book: StateBook;
  readonly #refusals: {
    readonly client: string;
    readonly puts: readonly Put[];
    readonly message: string;
    /** The largest revision that was acknowledged before the call. */
    readonly from: number;
    /** The last entry that was committed by the time of the answer: its batch may show in no state yet. */
    readonly committed: number;
  }[] = [];
  readonly #effects: { readonly client: string; readonly revision: number; readonly puts: readonly Put[] }[] = [];
  readonly #comparisons: {
    readonly client: string;
    readonly at: number;
    readonly mail: string;
    readonly found: boolean;
  }[] = [];
  readonly #acknowledged: { readonly atMs: number; readonly revision: number }[] = [{ atMs: -1, revision: 1 }];
  #id = 0;

  constructor(world: World, book: StateBook) {
    this.#world = world;
    this.#book = book;
    this.mails = pick(world.random('mails'), [6, 30, 300]);
  }

  /** The largest revision that was acknowledged. */
  get floor(): number {
    return this.floorAt(Infinity);
  }

  /** The same before some time. */
  floorAt(ms: number): number {
    return this.#acknowledged.findLast(({ atMs }) => atMs < ms)?.revision ?? 1;
  }

  async write(turn: Turn): Promise<void> {
    const { random } = turn;
    const key = someKey(random);
    const chance = random.next();
    if (chance < 0.55) await this.#put(turn, { key, value: this.#document(random) });
    else if (chance < 0.7) await this.#delete(turn, key, random.next() < 0.2 ? someKey(random) : '');
    else if (chance < 0.85)
      await this.#txn(turn, [{ key, value: this.#document(random) }, ...this.#second(random, key)]);
    else await this.#putIfFree(turn, key, someMail(random, this.mails));
  }

  /** What is wrong with the answers. */
  errors(): readonly string[] {
    return [...this.#refusalErrors(), ...this.#effectErrors(), ...this.#comparisonErrors()];
  }

  #document(random: Random): string {
    return someDocument(random, { id: ++this.#id, mails: this.mails });
  }

  #second(random: Random, first: string): readonly Put[] {
    const key = someKey(random);
    return key === first ? [] : [{ key, value: this.#document(random) }];
  }

  async #put(turn: Turn, put: Put): Promise<void> {
    const body = PutRequest.encode({ key: bytes(put.key), value: bytes(put.value) }).finish();
    const call = { client: turn.client, what: `put ${put.key}=${put.value}`, path: '/etcdserverpb.KV/Put', body };
    const answer = await this.#call(turn, call, [put]);
    if (answer !== undefined) this.#wrote(turn, clampInteger(PutResponse.decode(answer).header?.revision), [put]);
  }

  async #txn(turn: Turn, puts: readonly Put[]): Promise<void> {
    const body = TxnRequest.encode({ success: puts.map(opOf) }).finish();
    const what = `txn ${puts.map(({ key, value }) => `${key}=${value}`).join(' ')}`;
    const answer = await this.#call(turn, { client: turn.client, what, path: '/etcdserverpb.KV/Txn', body }, puts);
    if (answer !== undefined) this.#wrote(turn, clampInteger(TxnResponse.decode(answer).header?.revision), puts);
  }

  /** A range that ends before it begins is empty. */
  async #delete(turn: Turn, key: string, rangeEnd: string): Promise<void> {
    const body = DeleteRangeRequest.encode({ key: bytes(key), rangeEnd: bytes(rangeEnd) }).finish();
    const call = { client: turn.client, what: `delete ${key} ${rangeEnd}`, path: '/etcdserverpb.KV/DeleteRange', body };
    const answer = await this.#call(turn, call, []);
    if (answer === undefined) return;
    const { header, deleted } = DeleteRangeResponse.decode(answer);
    const revision = clampInteger(header?.revision);
    if (clampInteger(deleted) > 0) this.writes.revisions.add(revision);
    this.#acknowledge(revision);
  }

  /** Takes an address that no key has. */
  async #putIfFree(turn: Turn, key: string, mail: string): Promise<void> {
    const put = { key, value: JSON.stringify({ id: ++this.#id, mail }) };
    const indexCompare = [{ index: MAIL.name, value: { stringValue: mail }, absent: true }];
    const body = TxnRequest.encode({ indexCompare, success: [opOf(put)] }).finish();
    const call = {
      client: turn.client,
      what: `put ${key}=${put.value} if ${mail} is free`,
      path: '/etcdserverpb.KV/Txn',
      body,
    };
    const answer = await this.#call(turn, call, [put]);
    if (answer === undefined) return;
    const { header, succeeded } = TxnResponse.decode(answer);
    const revision = clampInteger(header?.revision);
    this.#comparisons.push({ client: turn.client, at: succeeded ? revision - 1 : revision, mail, found: !succeeded });
    if (succeeded) this.#wrote(turn, revision, [put]);
    else this.#acknowledge(revision);
  }

  /** @returns the answer of a call that succeeded */
  async #call({ machine, client }: Turn, call: IndexCall, puts: readonly Put[]): Promise<Uint8Array | undefined> {
    const from = this.floor;
    this.writes.unknown++;
    const result = await ask(this.#world, machine, call);
    if (result === undefined) return undefined;
    if (result.kind === 'ok') {
      this.writes.unknown--;
      return result.body;
    }
    const { message } = result.status;
    const isOfIndex = message.startsWith('raftkv: index');
    if (isOfIndex || isNotProposed(message)) this.writes.unknown--;
    if (message.includes('another key has'))
      this.#refusals.push({ client, puts, message, from, committed: machine.status?.commit ?? Infinity });
    return undefined;
  }

  #wrote({ client }: Turn, revision: number, puts: readonly Put[]): void {
    this.writes.revisions.add(revision);
    this.#effects.push({ client, revision, puts });
    this.#acknowledge(revision);
  }

  #acknowledge(revision: number): void {
    this.#acknowledged.push({ atMs: this.#world.time.nowMs, revision: Math.max(this.floor, revision) });
  }

  /** A write is refused only if another key has its value, or the write itself gives it to two. */
  *#refusalErrors(): Generator<string, void, undefined> {
    for (const { client, puts, message, from, committed } of this.#refusals) {
      const to = this.#book.revisionWith(committed);
      const mails = puts.flatMap(({ key, value }) => valuesIn(MAIL, value).map((mail) => ({ key, value: mail })));
      const named = mails.filter(({ value }) =>
        message.includes(`index ${MAIL.name}: another key has the value "${value}"`),
      );
      const isHeld = this.#book.some(from, to, (state) =>
        named.some((one) => holderIn(state, MAIL, one) !== undefined),
      );
      if (isHeld || new Set(mails.map(({ value }) => value)).size < mails.length) continue;
      yield `${client}: ${JSON.stringify(puts)} is refused between ${from} and ${to}: ${message}; but no key had the value`;
    }
  }

  *#effectErrors(): Generator<string, void, undefined> {
    for (const { client, revision, puts } of this.#effects) {
      const state = this.#book.at(revision);
      for (const { key, value } of state === undefined ? [] : puts) {
        if (state?.get(key)?.value !== value)
          yield `${client}: ${key} at ${revision} is not ${value}, which was acknowledged`;
      }
    }
  }

  *#comparisonErrors(): Generator<string, void, undefined> {
    for (const { client, at, mail, found } of this.#comparisons) {
      const state = this.#book.at(at);
      if (state === undefined) continue;
      const holder = holderIn(state, MAIL, { value: mail, key: '' });
      if ((holder !== undefined) === found) continue;
      yield `${client}: a transaction finds ${found ? 'an' : 'no'} entry ${mail} at ${at}, and ${holder ?? 'no key'} has it`;
    }
  }
}

function opOf({ key, value }: Put): etcdserverpb.RequestOp.$Properties {
  return { requestPut: { key: bytes(key), value: bytes(value) } };
}
