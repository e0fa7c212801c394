import { anomaly, describeCall } from '../verdict.js';
import type { Anomaly } from '../../history/verdict.js';
import type { MicroOperation, Transaction, ValueText } from './transaction.js';

/** Which transaction has written a value of a key. Values are unique per key. */
export class Writers {
  readonly #writers = new Map<string, Transaction>();
  readonly anomalies: Anomaly[] = [];

  constructor(transactions: readonly Transaction[]) {
    for (const transaction of transactions) {
      for (const operation of transaction.operations) {
        if (operation.kind === 'read') continue;
        const name = nameOf(operation.key, operation.value);
        const other = this.#writers.get(name);
        if (other === undefined || other.call.outcome === 'fail') this.#writers.set(name, transaction);
      }
    }
  }

  /** Undefined if the value was written by no transaction. */
  of(key: string, value: ValueText): Transaction | undefined {
    return this.#writers.get(nameOf(key, value));
  }

  /** The anomaly of a read of a value: it was never written, or by a transaction that failed (G1a). */
  problemOf(key: string, value: ValueText, reader: Transaction): Anomaly | undefined {
    const writer = this.of(key, value);
    const read = `${value} of ${JSON.stringify(key)} was read\n${describeCall(reader.call)}`;
    if (writer === undefined)
      return anomaly('unexpected-value', `${read}\nand no transaction has written it`, [reader.call]);
    if (writer.call.outcome !== 'fail') return undefined;
    return anomaly('G1a', `${read}\nand its writer has failed\n${describeCall(writer.call)}`, [
      writer.call,
      reader.call,
    ]);
  }
}

/** The anomaly of a read within its own transaction: what it has written or read before must be what it reads. */
export function internalAnomaly(
  transaction: Transaction,
  key: string,
  expected: string,
  operation: MicroOperation,
): Anomaly {
  const found = operation.kind === 'read' ? (operation.list?.join(',') ?? operation.value) : '';
  const text = `${JSON.stringify(key)} was read as ${found} instead of ${expected} within\n${describeCall(transaction.call)}`;
  return anomaly('internal', text, [transaction.call]);
}

/** Two answered transactions that read the same version of a key and both wrote it: one of the writes is lost. */
export function lostUpdates(
  reads: readonly { readonly reader: Transaction; readonly key: string; readonly version: string }[],
): Anomaly[] {
  const first = new Map<string, Transaction>();
  const anomalies: Anomaly[] = [];
  for (const { reader, key, version } of reads) {
    if (reader.call.outcome !== 'ok') continue;
    if (!reader.operations.some((operation) => operation.kind !== 'read' && operation.key === key)) continue;
    const name = nameOf(key, version);
    const other = first.get(name);
    if (other === undefined) first.set(name, reader);
    else if (other !== reader) {
      const text = `both have read ${JSON.stringify(key)} as ${version === '' ? 'absent' : version} and written it\n${describeCall(other.call)}\n${describeCall(reader.call)}`;
      anomalies.push(anomaly('lost-update', text, [other.call, reader.call]));
    }
  }
  return anomalies;
}

function nameOf(key: string, value: string): string {
  return JSON.stringify([key, value]);
}
