import type { Anomaly } from '../../history/verdict.js';
import { groupBy } from '../group.js';
import { anomaly, describeCall } from '../verdict.js';
import type { Graph } from './graph.js';
import { laterVersions, versionsByRevision, type RegisterRead, type Version } from './register-versions.js';
import { lastWrites, type Transaction, type ValueText } from './transaction.js';
import { internalAnomaly, lostUpdates, Writers } from './writers.js';

const NULL = 'null';

/**
 * Adds the order of transactions that write and read registers. Which version comes first is known by the revisions of their writers, or
 * else by what the writers have read, and by real time, as each register is linearizable.
 * @returns the anomalies that are not cycles
 */
export function addRegisters(graph: Graph, transactions: readonly Transaction[]): Anomaly[] {
  const writers = new Writers(transactions);
  const anomalies: Anomaly[] = [];
  const reads: RegisterRead[] = [];
  for (const transaction of transactions) {
    if (transaction.call.outcome === 'ok') readsOf(transaction, reads, anomalies);
  }
  for (const read of reads) anomalies.push(...valueAnomalies(read, writers));
  const readsByKey = groupBy(reads, ({ key }) => key);
  for (const [key, versions] of versionsByKey(transactions, reads))
    addKey(graph, { key, versions, reads: readsByKey.get(key) ?? [] });
  const updates = reads.map(({ reader, key, value }) => ({ reader, key, version: value === NULL ? '' : value }));
  return [...anomalies, ...lostUpdates(updates)];
}

/** The last writes of all transactions that took effect: of answered ones, and of others that were read. */
function versionsByKey(
  transactions: readonly Transaction[],
  reads: readonly RegisterRead[],
): ReadonlyMap<string, readonly Version[]> {
  const seen = new Set(reads.map(({ key, value }) => JSON.stringify([key, value])));
  const versions = transactions.flatMap((writer) => {
    const writes = [...lastWrites(writer)];
    if (writer.call.outcome === 'fail') return [];
    const hasHappened = writer.call.outcome === 'ok' || writes.some((write) => seen.has(JSON.stringify(write)));
    return hasHappened ? writes.map(([key, value]) => ({ key, value, writer })) : [];
  });
  return groupBy(versions, ({ key }) => key);
}

function readsOf(transaction: Transaction, reads: RegisterRead[], anomalies: Anomaly[]): void {
  const known = new Map<string, ValueText>();
  for (const operation of transaction.operations) {
    const { key, value } = operation;
    if (value === undefined) continue;
    const before = known.get(key);
    if (operation.kind === 'read' && before === undefined) reads.push({ reader: transaction, key, value });
    else if (operation.kind === 'read' && before !== undefined && before !== value)
      anomalies.push(internalAnomaly(transaction, key, before, operation));
    known.set(key, value);
  }
}

function valueAnomalies({ reader, key, value }: RegisterRead, writers: Writers): Anomaly[] {
  if (value === NULL) return [];
  const problem = writers.problemOf(key, value, reader);
  if (problem !== undefined) return [problem];
  const writer = writers.of(key, value);
  if (writer === undefined || writer === reader || lastWrites(writer).get(key) === value) return [];
  const text = `${value} of ${JSON.stringify(key)} was read\n${describeCall(reader.call)}\nwhich is not the last value of\n${describeCall(writer.call)}`;
  return [anomaly('G1b', text, [writer.call, reader.call])];
}

function addKey(
  graph: Graph,
  {
    key,
    versions,
    reads,
  }: { readonly key: string; readonly versions: readonly Version[]; readonly reads: readonly RegisterRead[] },
): void {
  const order = versionsByRevision(versions, reads);
  const positions = new Map(order?.map(({ value }, at) => [value, at]));
  /** Written by transactions of unknown outcome of which another write was read. */
  const unplaced = order === undefined ? [] : versions.filter(({ value }) => !positions.has(value));
  const after = (version: Version | undefined): readonly Version[] => {
    if (order === undefined) return laterVersions(version, versions, reads);
    const position = version === undefined ? -1 : positions.get(version.value);
    const next = position === undefined ? [] : order.slice(position + 1, position + 2);
    return [...next, ...laterVersions(version, unplaced, reads)];
  };
  for (const version of versions) {
    for (const next of after(version))
      graph.add({
        from: version.writer.id,
        to: next.writer.id,
        kind: 'ww',
        why: `${next.value} of ${key} replaces ${version.value}`,
      });
  }
  for (const { reader, value } of reads) {
    const version = versions.find((one) => one.value === value);
    if (version === undefined && value !== NULL) continue;
    if (version !== undefined)
      graph.add({ from: version.writer.id, to: reader.id, kind: 'wr', why: `${value} of ${key} was read` });
    for (const next of after(version))
      graph.add({
        from: reader.id,
        to: next.writer.id,
        kind: 'rw',
        why: `${key} was read as ${value}, before ${next.value}`,
      });
  }
}
