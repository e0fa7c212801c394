import { callsNamed } from '../answered.js';
import { MalformedHistory, type History, type RecordedCall } from '../../history/history.js';

/** A value as the text of its JSON: equal texts are equal values. */
export type ValueText = string;

export type MicroOperation =
  | { readonly kind: 'append' | 'write'; readonly key: string; readonly value: ValueText }
  /** `list` for lists, else one value: `null` if the key is absent. Undefined without an answer. */
  | {
      readonly kind: 'read';
      readonly key: string;
      readonly list: readonly ValueText[] | undefined;
      readonly value: ValueText | undefined;
    };

export interface Transaction {
  /** Its number in the graph. */
  readonly id: number;
  readonly call: RecordedCall;
  readonly operations: readonly MicroOperation[];
  /** Of an answered transaction. */
  readonly revision: number | undefined;
}

/** The transactions of a history, by start. Those of unknown outcome have no reads. @throws MalformedHistory */
export function transactionsOf(history: History): Transaction[] {
  return callsNamed(history, 'txn').map((call, id): Transaction => {
    const isAnswered = call.outcome === 'ok';
    const value = isAnswered ? (call.completion?.value ?? call.invoke.value) : call.invoke.value;
    if (!Array.isArray(value)) throw new MalformedHistory(`event ${call.at}: no list of operations`);
    const operations = value.map((each) => operationOf(each, call, isAnswered));
    return { id, call, operations, revision: isAnswered ? call.completion?.revision : undefined };
  });
}

function operationOf(operation: unknown, { at }: RecordedCall, isAnswered: boolean): MicroOperation {
  const [kind, key, value] = Array.isArray(operation) ? (operation as unknown[]) : [];
  if (kind === 'append' || kind === 'w')
    return { kind: kind === 'w' ? 'write' : 'append', key: String(key), value: JSON.stringify(value) };
  if (kind !== 'r') throw new MalformedHistory(`event ${at}: no operation ${JSON.stringify(operation)}`);
  const found = isAnswered ? value : undefined;
  return {
    kind: 'read',
    key: String(key),
    list: Array.isArray(found) ? found.map((element) => JSON.stringify(element)) : found === null ? [] : undefined,
    value: found === undefined ? undefined : JSON.stringify(found),
  };
}

/** The last write of each key. */
export function lastWrites({ operations }: Transaction): ReadonlyMap<string, ValueText> {
  const writes = new Map<string, ValueText>();
  for (const operation of operations) if (operation.kind !== 'read') writes.set(operation.key, operation.value);
  return writes;
}
