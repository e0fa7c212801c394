import type { Anomaly } from '../../history/verdict.js';
import { anomaly, describeCall } from '../verdict.js';
import type { Graph } from './graph.js';
import type { MicroOperation, Transaction, ValueText } from './transaction.js';
import { internalAnomaly, lostUpdates, Writers } from './writers.js';

/** What a transaction has read of others: a list before its own appends. */
interface ListRead {
  readonly reader: Transaction;
  readonly key: string;
  readonly list: readonly ValueText[];
}

/**
 * Adds the order of transactions that append to lists. The longest list that was read of a key is the order of its versions; every
 * other one must be a beginning of it.
 * @returns the anomalies that are not cycles
 */
export function addAppends(graph: Graph, transactions: readonly Transaction[]): Anomaly[] {
  const writers = new Writers(transactions);
  const anomalies: Anomaly[] = [];
  const reads: ListRead[] = [];
  for (const transaction of transactions) {
    if (transaction.call.outcome === 'ok') readsOf(transaction, reads, anomalies);
  }
  const versions = longestLists(reads, anomalies);
  for (const read of reads) {
    // The elements of a list that is a beginning of the longest one are checked with that one.
    const longest = versions.get(read.key);
    if (longest === read || !isBeginning(read.list, longest?.list ?? []))
      anomalies.push(...elementAnomalies(read, writers));
    anomalies.push(...partAnomalies(read, writers));
  }
  for (const [key, { list }] of versions) addVersions(graph, key, list, writers);
  for (const read of reads) addRead(graph, read, { order: versions.get(read.key)?.list ?? [], writers });
  addUnread(graph, transactions, { versions, reads, writers });
  const updates = reads.map(({ reader, key, list }) => ({
    reader,
    key,
    version: list.length === 0 ? '' : `${list.length} elements up to ${list.at(-1)}`,
  }));
  return [...anomalies, ...lostUpdates(updates)];
}

/** Collects the external reads of a transaction, and checks the others against its own operations. */
function readsOf(transaction: Transaction, reads: ListRead[], anomalies: Anomaly[]): void {
  /** The list as the transaction knows it, or what it has appended since the start of an unknown list. */
  const known = new Map<string, { readonly list: readonly ValueText[]; readonly isWhole: boolean }>();
  for (const operation of transaction.operations) {
    const { key } = operation;
    const before = known.get(key);
    if (operation.kind !== 'read') {
      known.set(key, { list: [...(before?.list ?? []), operation.value], isWhole: before?.isWhole ?? false });
      continue;
    }
    const { list } = operation;
    if (list === undefined) continue;
    const own = before?.isWhole === true ? [] : (before?.list ?? []);
    const outside = list.slice(0, Math.max(0, list.length - own.length));
    const expected = before?.isWhole === true ? before.list : [...outside, ...own];
    if (expected.length !== list.length || !isBeginning(expected, list))
      anomalies.push(internalAnomaly(transaction, key, expected.join(','), operation));
    if (before?.isWhole !== true) reads.push({ reader: transaction, key, list: outside });
    known.set(key, { list, isWhole: true });
  }
}

function elementAnomalies({ reader, key, list }: ListRead, writers: Writers): Anomaly[] {
  const anomalies: Anomaly[] = [];
  if (new Set(list).size < list.length) {
    const text = `${JSON.stringify(key)} has an element twice: ${describeCall(reader.call)}`;
    anomalies.push(anomaly('duplicate-elements', text, [reader.call]));
  }
  for (const element of new Set(list)) {
    const problem = writers.problemOf(key, element, reader);
    if (problem !== undefined) anomalies.push(problem);
  }
  return anomalies;
}

/** G1b: the list ends with a value that its writer followed by another. */
function partAnomalies({ reader, key, list }: ListRead, writers: Writers): Anomaly[] {
  const last = list.at(-1);
  const writer = last === undefined ? undefined : writers.of(key, last);
  if (writer === undefined || last === undefined || writer === reader) return [];
  const appended = writer.operations.filter((operation) => operation.kind === 'append' && operation.key === key);
  const final = appended.at(-1);
  if (final?.kind !== 'append' || final.value === last) return [];
  const text = `${last} of ${JSON.stringify(key)} was read\n${describeCall(reader.call)}\nwhich is not the last value of\n${describeCall(writer.call)}`;
  return [anomaly('G1b', text, [writer.call, reader.call])];
}

function isBeginning(part: readonly ValueText[], whole: readonly ValueText[]): boolean {
  return part.length <= whole.length && part.every((element, at) => element === whole[at]);
}

function longestLists(reads: readonly ListRead[], anomalies: Anomaly[]): ReadonlyMap<string, ListRead> {
  const longest = new Map<string, ListRead>();
  for (const read of reads)
    if (read.list.length > (longest.get(read.key)?.list.length ?? -1)) longest.set(read.key, read);
  for (const { reader, key, list } of reads) {
    const order = longest.get(key);
    if (order === undefined || isBeginning(list, order.list)) continue;
    const text = `${JSON.stringify(key)} has two orders\n${describeCall(reader.call)}\n${describeCall(order.reader.call)}`;
    anomalies.push(anomaly('incompatible-order', text, [reader.call, order.reader.call]));
  }
  return longest;
}

function addVersions(graph: Graph, key: string, list: readonly ValueText[], writers: Writers): void {
  for (const [at, element] of list.entries()) {
    const [from, to] = [at === 0 ? undefined : writers.of(key, list[at - 1] ?? ''), writers.of(key, element)];
    if (from === undefined || to === undefined) continue;
    graph.add({ from: from.id, to: to.id, kind: 'ww', why: `${element} of ${key} follows ${list[at - 1]}` });
  }
}

function addRead(
  graph: Graph,
  { reader, key, list }: ListRead,
  { order, writers }: { readonly order: readonly ValueText[]; readonly writers: Writers },
): void {
  const last = list.at(-1);
  const writer = last === undefined ? undefined : writers.of(key, last);
  if (writer !== undefined)
    graph.add({ from: writer.id, to: reader.id, kind: 'wr', why: `${last} of ${key} was read` });
  // Its own appends may come next: then the one after them follows from the order of the versions.
  const next = order[list.length];
  const follower = next === undefined ? undefined : writers.of(key, next);
  if (follower === undefined) return;
  const what = last === undefined ? `${key} was read as empty` : `${last} of ${key} was the last`;
  graph.add({ from: reader.id, to: follower.id, kind: 'rw', why: `${what}, without ${next}` });
}

/**
 * Appends that no read contains come after all that were read: lists only grow. A transaction of unknown outcome has taken effect as a
 * whole if any of its appends was read.
 */
function addUnread(
  graph: Graph,
  transactions: readonly Transaction[],
  {
    versions,
    reads,
    writers,
  }: {
    readonly versions: ReadonlyMap<string, ListRead>;
    readonly reads: readonly ListRead[];
    readonly writers: Writers;
  },
): void {
  const readersOfLongest = new Map<string, Transaction[]>();
  for (const { reader, key, list } of reads) {
    if (list.length !== versions.get(key)?.list.length) continue;
    readersOfLongest.set(key, [...(readersOfLongest.get(key) ?? []), reader]);
  }
  const isRead = (operation: MicroOperation): boolean =>
    operation.kind === 'append' && versions.get(operation.key)?.list.includes(operation.value) === true;
  for (const { id, call, operations } of transactions) {
    if (call.outcome === 'fail' || (call.outcome === 'info' && !operations.some(isRead))) continue;
    for (const { kind, key, ...rest } of operations) {
      const value = 'value' in rest ? rest.value : undefined;
      const list = versions.get(key)?.list ?? [];
      if (kind !== 'append' || value === undefined || list.includes(value)) continue;
      const last = list.at(-1);
      const writer = last === undefined ? undefined : writers.of(key, last);
      if (writer !== undefined)
        graph.add({ from: writer.id, to: id, kind: 'ww', why: `${value} of ${key} follows ${last}` });
      for (const reader of readersOfLongest.get(key) ?? [])
        graph.add({ from: reader.id, to: id, kind: 'rw', why: `${key} was read without ${value}` });
    }
  }
}
