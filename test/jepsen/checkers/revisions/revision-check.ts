import { assertNever } from '../../../../src/util/assert.js';
import type { Call } from '../../../support/history.js';

/**
 * Checks a history by revisions. Every answer has its revision, so no search is needed: the writes are replayed in
 * order of revision, each answer is compared with the store at its revision, and no call may have a smaller revision
 * than a call that ended before it began. Together this is strict serializability, in O(n log n).
 *
 * Written values should be unique. Then the first answer with the value of a write of unknown outcome identifies that
 * write, and the value at two revisions means that it was applied twice. If it was overwritten before it was read, it
 * leaves a revision without an owner, which can be read from the store at the end (`unownedRevisions`).
 */
export type RevisionInput =
  | { readonly kind: 'get'; readonly key: string; readonly stale?: boolean }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  /** A transaction that puts the value if the key has the expected one (null: is absent). */
  | { readonly kind: 'put-if'; readonly key: string; readonly expected: string | null; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string };

export interface SeenValue {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

export interface RevisionOutput {
  /** The revision in the answer's header. */
  readonly revision: number;
  /** Of a get: null if the key is absent. */
  readonly found?: SeenValue | null;
  /** Of a put-if: whether the condition held. Of a delete: whether the key existed. A plain put always writes. */
  readonly wrote?: boolean;
}

export type RevisionCall = Call<RevisionInput, RevisionOutput>;

export interface RevisionCheckOptions {
  /**
   * Whether some revisions without an owner could not be read because the store was compacted: versions and create
   * revisions are then unknown. Default false.
   */
  readonly compacted?: boolean;
  /** Writes of other clients to other keys: their revisions, and the number of those with unknown outcome. Default: none. */
  readonly others?: { readonly revisions: ReadonlySet<number>; readonly unknown: number };
}

/** The violations of the history, one line each. */
export function checkRevisions(
  history: readonly RevisionCall[],
  options: RevisionCheckOptions = {},
): readonly string[] {
  const answered = history.filter((call) => call.outcome.kind === 'ok').map(answer);
  return [...realTimeErrors(answered), ...new Replay(history, options).run()];
}

/**
 * Revisions up to the largest seen that no answer explains: those of writes with lost answers. Revision 1 is the empty
 * store's.
 */
export function unownedRevisions(history: readonly RevisionCall[]): number[] {
  const owned = new Set<number>();
  let largest = 1;
  for (const call of history) {
    if (call.outcome.kind !== 'ok') continue;
    const { output, wrote } = answer(call);
    largest = Math.max(largest, output.revision);
    if (wrote) owned.add(output.revision);
    if (output.found) owned.add(output.found.modRevision);
  }
  return Array.from({ length: largest - 1 }, (_, i) => i + 2).filter((revision) => !owned.has(revision));
}

interface Answered {
  readonly call: RevisionCall;
  readonly output: RevisionOutput;
  readonly wrote: boolean;
}

function answer(call: RevisionCall): Answered {
  if (call.outcome.kind !== 'ok') throw new TypeError('the call has no answer');
  const { output } = call.outcome;
  const wrote = call.input.kind === 'put' || (call.input.kind !== 'get' && output.wrote === true);
  return { call, output, wrote };
}

/** A read may have the revision of the latest finished call; a write must have a larger one. */
function realTimeErrors(answered: readonly Answered[]): string[] {
  const errors: string[] = [];
  const byEnd = [...answered].sort((a, b) => a.call.completedAt - b.call.completedAt);
  const byStart = answered.filter(({ call }) => !isStale(call.input));
  byStart.sort((a, b) => a.call.invokedAt - b.call.invokedAt);
  let finished = 0;
  let newest: Answered | undefined;
  for (const one of byStart) {
    for (; finished < byEnd.length; finished += 1) {
      const other = byEnd[finished];
      if (other === undefined || other.call.completedAt >= one.call.invokedAt) break;
      if (newest === undefined || other.output.revision > newest.output.revision) newest = other;
    }
    if (newest === undefined) continue;
    const smallest = newest.output.revision + (one.wrote ? 1 : 0);
    if (one.output.revision < smallest)
      errors.push(`${describe(one.call)} went back: ${describe(newest.call)} had already ended when it began`);
  }
  return errors;
}

const isStale = (input: RevisionInput): boolean => input.kind === 'get' && input.stale === true;

/** A write at a revision of its own. */
interface Write {
  readonly revision: number;
  readonly key: string;
  /** Undefined for a delete. */
  readonly value: string | undefined;
}

class Replay {
  readonly #answered: readonly Answered[];
  readonly #compacted: boolean;
  readonly #others: NonNullable<RevisionCheckOptions['others']>;
  readonly #writes = new Map<number, Write>();
  readonly #unclaimed: RevisionCall[];
  readonly #largest: number;
  readonly #errors: string[] = [];
  readonly #store = new Map<string, SeenValue>();

  constructor(history: readonly RevisionCall[], options: RevisionCheckOptions) {
    const answered = history.filter((call) => call.outcome.kind === 'ok').map(answer);
    this.#answered = answered;
    this.#compacted = options.compacted === true;
    this.#others = options.others ?? { revisions: new Set(), unknown: 0 };
    this.#unclaimed = history.filter(({ input, outcome }) => outcome.kind === 'unknown' && input.kind !== 'get');
    this.#largest = Math.max(1, ...answered.map(({ output }) => output.revision));
  }

  run(): readonly string[] {
    this.#placeAnsweredWrites();
    this.#claimUnknownWrites();
    this.#checkOthers();
    this.#replay();
    return this.#errors;
  }

  #placeAnsweredWrites(): void {
    const owners = new Map<number, RevisionCall>();
    for (const { call, output, wrote } of this.#answered) {
      if (!wrote) continue;
      const other = owners.get(output.revision);
      if (other !== undefined) this.#errors.push(`${describe(call)} shares its revision with ${describe(other)}`);
      owners.set(output.revision, call);
      this.#writes.set(output.revision, writeOf(call.input, output.revision));
    }
  }

  /** A value seen at a revision of no answered write must come from a write with a lost answer. */
  #claimUnknownWrites(): void {
    for (const { call, output } of this.#answered) {
      const { found } = output;
      if (found === undefined || found === null || this.#writes.has(found.modRevision)) continue;
      const owner = this.#unclaimed.findIndex(
        ({ input, invokedAt }) =>
          (input.kind === 'put' || input.kind === 'put-if') &&
          input.key === call.input.key &&
          input.value === found.value &&
          invokedAt <= call.completedAt,
      );
      if (owner < 0) {
        this.#errors.push(`${describe(call)} shows a value at revision ${found.modRevision} that no write put there`);
        continue;
      }
      this.#unclaimed.splice(owner, 1);
      this.#writes.set(found.modRevision, { revision: found.modRevision, key: call.input.key, value: found.value });
    }
  }

  /** Revision 1 is the empty store's. Every other one up to the largest seen belongs to one write. */
  #checkOthers(): void {
    const { revisions, unknown } = this.#others;
    const foreign = [...revisions].filter((revision) => revision <= this.#largest);
    for (const revision of foreign) {
      const write = this.#writes.get(revision);
      if (write !== undefined)
        this.#errors.push(
          `the write to ${JSON.stringify(write.key)} shares revision ${revision} with one of other clients`,
        );
    }
    const gaps = this.#largest - 1 - this.#writes.size - foreign.length;
    const inDoubt = this.#unclaimed.length + unknown;
    if (gaps > inDoubt)
      this.#errors.push(
        `${gaps} revisions up to ${this.#largest} belong to no answered write, but only ${inDoubt} writes ended unknown`,
      );
  }

  #replay(): void {
    const writes = [...this.#writes.values()].sort((a, b) => a.revision - b.revision);
    // A write's own answer (whether the condition held) refers to the state before it.
    const answers = [...this.#answered].sort((a, b) => before(a) - before(b));
    let next = 0;
    for (const one of answers) {
      for (; next < writes.length; next += 1) {
        const write = writes[next];
        if (write === undefined || write.revision > before(one)) break;
        this.#apply(write);
      }
      this.#compare(one);
    }
  }

  #apply(write: Write): void {
    const { revision, key, value } = write;
    if (value === undefined) {
      this.#store.delete(key);
      return;
    }
    const old = this.#store.get(key);
    this.#store.set(key, {
      value,
      createRevision: old?.createRevision ?? revision,
      modRevision: revision,
      version: (old?.version ?? 0) + 1,
    });
  }

  /** Whether a call on the key has an unknown outcome that no answer has revealed. */
  #isInFlight(kind: 'delete' | 'any', key: string): boolean {
    return this.#unclaimed.some(({ input }) => input.key === key && (kind === 'any' || input.kind === kind));
  }

  #compare({ call, output, wrote }: Answered): void {
    const { input } = call;
    // A lost delete leaves no value that identifies it, so a key with one in flight is not checked.
    if (this.#isInFlight('delete', input.key)) return;
    // Neither are decisions that may depend on a lost write that could not be read.
    if (this.#compacted && input.kind !== 'get' && this.#isInFlight('any', input.key)) return;
    const held = this.#store.get(input.key) ?? null;
    switch (input.kind) {
      case 'put':
        return;
      case 'get':
        if (!sameValue(held, output.found ?? null, this.#compacted))
          this.#errors.push(`${describe(call)}, but the writes up to there leave ${show(held)}`);
        return;
      case 'put-if':
        if (((held?.value ?? null) === input.expected) !== wrote)
          this.#errors.push(`${describe(call)} decided wrongly: before it the writes leave ${show(held)}`);
        return;
      case 'delete':
        if ((held !== null) !== wrote)
          this.#errors.push(`${describe(call)} decided wrongly: before it the writes leave ${show(held)}`);
        return;
      default:
        assertNever(input);
    }
  }
}

/** The revision of the store that a call saw. */
function before({ output, wrote }: Answered): number {
  return wrote ? output.revision - 1 : output.revision;
}

function writeOf(input: RevisionInput, revision: number): Write {
  return { revision, key: input.key, value: input.kind === 'put' || input.kind === 'put-if' ? input.value : undefined };
}

function sameValue(a: SeenValue | null, b: SeenValue | null, compacted: boolean): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.value === b.value &&
    a.modRevision === b.modRevision &&
    (compacted || (a.createRevision === b.createRevision && a.version === b.version))
  );
}

function show(seen: SeenValue | null): string {
  if (seen === null) return 'nothing';
  return `${JSON.stringify(seen.value)} (create ${seen.createRevision}, mod ${seen.modRevision}, version ${seen.version})`;
}

function describe({ client, input, outcome }: RevisionCall): string {
  const value = input.kind === 'put' || input.kind === 'put-if' ? ` ${JSON.stringify(input.value)}` : '';
  const condition = input.kind === 'put-if' ? ` if it holds ${JSON.stringify(input.expected)}` : '';
  const text = `client ${client}: ${input.kind} ${JSON.stringify(input.key)}${value}${condition}`;
  if (outcome.kind !== 'ok') return text;
  const { output } = outcome;
  const found = input.kind === 'get' ? `: ${show(output.found ?? null)}` : '';
  return `${text} → revision ${output.revision}${found}`;
}
