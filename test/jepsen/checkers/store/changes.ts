import type { RecordedCall } from '../../history/history.js';
import type { Anomaly } from '../../history/verdict.js';
import { anomaly, describeCall } from '../verdict.js';
import { deletedOf, type KeyWrite, type WriterCall } from './writes.js';

/** The state of a key after a put. */
export interface SeenPut {
  readonly value: string;
  readonly rev: number;
  readonly version: number;
  readonly create: number;
}

/** What happened to a key at a revision. */
export interface Change {
  readonly key: string;
  readonly rev: number;
  /** Undefined: it was deleted. */
  readonly value: string | undefined;
  /** Undefined: not seen. */
  version?: number;
  create?: number;
  /** False for a deletion in a transaction that is known by its answer alone: the key may have been absent. */
  certain: boolean;
  /** The call that has written it. */
  readonly writer: RecordedCall | undefined;
}

/**
 * All changes of a store that a history shows, by revision: those of answered calls, and those of unknown outcome once a reader has
 * seen a part of them. Values of puts are unique.
 */
export class Changes {
  readonly #byRevision = new Map<number, Map<string, Change>>();
  readonly #byKey = new Map<string, Change[]>();
  readonly #writerOfValue = new Map<string, WriterCall>();
  readonly #unknown: readonly WriterCall[];
  /** The revisions at which calls of unknown outcome took effect. */
  readonly #claimed = new Map<WriterCall, number>();
  readonly #anomalies: Anomaly[] = [];
  #sorted = false;
  #revisions: readonly number[] = [];

  constructor(writers: readonly WriterCall[]) {
    this.#unknown = writers.filter(({ revision }) => revision === undefined);
    for (const writer of writers) {
      for (const { key, value } of writer.writes) {
        if (value !== undefined) this.#writerOfValue.set(JSON.stringify([key, value]), writer);
      }
      if (writer.revision !== undefined) this.#place(writer, writer.revision);
    }
  }

  /** Of values that no call can have written, or that were written at two revisions. */
  get anomalies(): readonly Anomaly[] {
    return this.#anomalies;
  }

  /** Learns that a reader has seen a put. */
  learnPut(key: string, seen: SeenPut, reader: RecordedCall): void {
    const problem = this.#learnPut(key, seen);
    if (problem === undefined) return;
    const [name, text, writer] = problem;
    const line = `${JSON.stringify(key)} has the value ${JSON.stringify(seen.value)} of revision ${seen.rev}: ${text}`;
    this.#anomalies.push(anomaly(name, line, writer === undefined ? [reader] : [writer, reader]));
  }

  /** Learns that a reader has seen a deletion. All puts are learned before. */
  learnDelete(key: string, rev: number, reader: RecordedCall): void {
    const known = this.at(rev, key);
    if (known !== undefined && known.value === undefined) {
      known.certain = true;
      return;
    }
    const writer = known === undefined ? this.#unknownDelete(key, rev, reader) : undefined;
    if (writer !== undefined) {
      const isOnlyDelete = writer.writes.every(({ value }) => value === undefined);
      // Which of several transactions it was is known only by a value that they put.
      if (isOnlyDelete) this.#claim(writer, rev);
      else this.#place({ ...writer, writes: [{ key, value: undefined }] }, rev);
      const change = this.at(rev, key);
      if (change !== undefined) change.certain = true;
      return;
    }
    const text = `${JSON.stringify(key)} was deleted at revision ${rev}, and no call can have done that`;
    this.#anomalies.push(anomaly('unexpected-delete', text, [reader]));
  }

  /** The change of a key at a revision. */
  at(rev: number, key: string): Change | undefined {
    return this.#byRevision.get(rev)?.get(key);
  }

  /** All changes of revisions in a range, both ends included, in order. */
  between(from: number, to: number): Change[] {
    this.#sort();
    let low = 0;
    for (let high = this.#revisions.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.#revisions[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    const found: Change[] = [];
    for (let at = low; at < this.#revisions.length; at += 1) {
      const rev = this.#revisions[at] ?? 0;
      if (rev > to) break;
      found.push(...(this.#byRevision.get(rev)?.values() ?? []));
    }
    return found;
  }

  get keys(): readonly string[] {
    return [...this.#byKey.keys()].sort();
  }

  /** The last change of a key up to a revision that is certain. */
  lastOf(key: string, rev: number): Change | undefined {
    return this.#changesOf(key).findLast((change) => change.rev <= rev && this.isCertain(change));
  }

  /** The version and create revision of a key after its changes up to a revision; undefined if they are not all known. */
  generationOf(key: string, rev: number): { readonly version: number; readonly create: number } | undefined {
    if (this.mayBeOpen(key)) return undefined;
    let [version, create] = [0, 0];
    for (const change of this.#changesOf(key)) {
      if (change.rev > rev) break;
      // A deletion leaves no key, whether or not there was one.
      version = change.value === undefined ? 0 : version + 1;
      if (version === 1) create = change.rev;
    }
    return version === 0 ? undefined : { version, create };
  }

  /** Whether a change has certainly happened. */
  isCertain(change: Change): boolean {
    if (change.certain) return true;
    // A deletion in an answered transaction: it has happened if the key existed.
    if (this.mayBeOpen(change.key)) return false;
    const before = this.#changesOf(change.key).findLast(({ rev }) => rev < change.rev);
    return before !== undefined && before.value !== undefined && before.certain;
  }

  /** Whether a call of unknown outcome may have changed the key without being seen. */
  mayBeOpen(key: string): boolean {
    return this.#unknown.some((one) => !this.#claimed.has(one) && one.writes.some((write) => write.key === key));
  }

  #changesOf(key: string): readonly Change[] {
    this.#sort();
    return this.#byKey.get(key) ?? [];
  }

  #sort(): void {
    if (this.#sorted) return;
    for (const changes of this.#byKey.values()) changes.sort((a, b) => a.rev - b.rev);
    this.#revisions = [...this.#byRevision.keys()].sort((a, b) => a - b);
    this.#sorted = true;
  }

  /** A call of unknown outcome that may have deleted the key at a revision; one that did nothing else is preferred. */
  #unknownDelete(key: string, rev: number, reader: RecordedCall): WriterCall | undefined {
    const deletes = ({ key: name, value }: KeyWrite): boolean => name === key && value === undefined;
    const fitting = this.#unknown.filter(
      (one) =>
        (this.#claimed.get(one) ?? rev) === rev &&
        one.writes.some(deletes) &&
        one.call.invoke.time <= (reader.completion?.time ?? Infinity),
    );
    return fitting.find(({ writes }) => writes.every(deletes)) ?? fitting[0];
  }

  #learnPut(
    key: string,
    { value, rev, version, create }: SeenPut,
  ): readonly [name: string, text: string, writer?: RecordedCall] | undefined {
    const writer = this.#writerOfValue.get(JSON.stringify([key, value]));
    if (writer === undefined) return ['unexpected-value', 'no call can have written it'];
    const placed = writer.revision ?? this.#claimed.get(writer);
    if (placed !== undefined && placed !== rev)
      return ['two-revisions', `it was written at revision ${placed} by\n${describeCall(writer.call)}`, writer.call];
    if (placed === undefined) this.#claim(writer, rev);
    const change = this.at(rev, key);
    if (change === undefined) return undefined;
    if ((change.version ?? version) !== version || (change.create ?? create) !== create)
      return [
        'conflicting-answers',
        `version ${version}, create ${create}, and to another reader ${change.version}, ${change.create}`,
        writer.call,
      ];
    change.version = version;
    change.create = create;
    return undefined;
  }

  #claim(writer: WriterCall, rev: number): void {
    this.#claimed.set(writer, rev);
    this.#place(writer, rev);
  }

  #place(writer: WriterCall, rev: number): void {
    const { call, writes } = writer;
    let changes = this.#byRevision.get(rev);
    if (changes === undefined) this.#byRevision.set(rev, (changes = new Map()));
    for (const { key, value } of writes) {
      const certain = value !== undefined || (call.invoke.f === 'delete' && deletedOf(call) > 0);
      const change: Change = { key, rev, value, certain, writer: call };
      changes.set(key, change);
      const ofKey = this.#byKey.get(key);
      if (ofKey === undefined) this.#byKey.set(key, [change]);
      else ofKey.push(change);
    }
    this.#sorted = false;
  }
}
