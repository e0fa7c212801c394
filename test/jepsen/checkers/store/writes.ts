import { MalformedHistory, type RecordedCall } from '../../history/history.js';

/** A change of one key by a call. */
export interface KeyWrite {
  readonly key: string;
  /** Undefined: the key is deleted, if it exists. */
  readonly value: string | undefined;
}

/** A call that writes keys, all at one revision. */
export interface WriterCall {
  readonly call: RecordedCall;
  readonly writes: readonly KeyWrite[];
  /** Undefined without an answer, or if nothing was written. */
  readonly revision: number | undefined;
}

/**
 * The calls `put`, `delete` (with `{"deleted":n}`) and `txn` (of `["put",key,value]` and `["delete",key]`) that have written, or may have.
 * @throws MalformedHistory
 */
export function writerCalls(calls: readonly RecordedCall[]): WriterCall[] {
  return calls.flatMap((call) => {
    if (call.outcome === 'fail') return [];
    const writes = writesOf(call);
    if (writes === undefined) return [];
    if (call.outcome === 'info') return [{ call, writes, revision: undefined }];
    const wroteNothing = call.invoke.f === 'delete' && deletedOf(call) === 0;
    return wroteNothing ? [] : [{ call, writes, revision: call.completion?.revision }];
  });
}

function writesOf(call: RecordedCall): KeyWrite[] | undefined {
  const { f, key = '', value } = call.invoke;
  if (f === 'put') return [{ key, value: String(value) }];
  if (f === 'delete') return [{ key, value: undefined }];
  if (f !== 'txn') return undefined;
  if (!Array.isArray(value)) throw new MalformedHistory(`event ${call.at}: no list of operations`);
  return value.map((operation: unknown): KeyWrite => {
    const [kind, name, written] = Array.isArray(operation) ? (operation as unknown[]) : [];
    if (kind === 'put') return { key: String(name), value: String(written) };
    if (kind === 'delete') return { key: String(name), value: undefined };
    throw new MalformedHistory(`event ${call.at}: no operation ${JSON.stringify(operation)}`);
  });
}

/** Number of keys that an answered `delete` has deleted. */
export function deletedOf({ completion }: RecordedCall): number {
  return ((completion?.value ?? {}) as { readonly deleted?: number }).deleted ?? 0;
}
