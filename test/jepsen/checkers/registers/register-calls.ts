import { assertNever } from '../../../../src/util/assert.js';
import type { Call, Outcome } from '../../../support/history.js';
import { MalformedHistory, type RecordedCall } from '../../history/history.js';
import type { RegisterInput, RegisterOutput } from '../linearizability/models.js';
import type { VersionedInput, VersionedOutput } from './versioned.js';

/** A call with its index among the recorded ones. */
export type Traced<Input, Output> = Call<Input, Output> & { readonly index: number };

/** Calls of registers whose compare-and-set has `[old, new]`. Values are texts of JSON; null is an absent register. */
export function registerCalls(recorded: readonly RecordedCall[]): Traced<RegisterInput, RegisterOutput>[] {
  return recorded.map((call, index) => {
    const { f, key = '', value } = call.invoke;
    switch (f) {
      case 'read':
        return trace<RegisterInput, RegisterOutput>(call, index, { kind: 'read', key }, (result) => ({
          kind: 'value',
          value: valueText(result),
        }));
      case 'write':
        return trace<RegisterInput, RegisterOutput>(
          call,
          index,
          { kind: 'write', key, value: JSON.stringify(value) },
          () => ({ kind: 'written' }),
        );
      case 'cas': {
        const [from, to] = pairOf(call, value);
        const input = { kind: 'cas', key, from: valueText(from), to: JSON.stringify(to) } as const;
        return trace<RegisterInput, RegisterOutput>(call, index, input, () => ({ kind: 'swapped', swapped: true }));
      }
      default:
        throw unknownCall(call);
    }
  });
}

/** Calls of registers whose compare-and-set has `[version, new]`, and whose reads give `[version, value]`. */
export function versionedCalls(recorded: readonly RecordedCall[]): Traced<VersionedInput, VersionedOutput>[] {
  return recorded.map((call, index) => {
    const { f, key = '', value } = call.invoke;
    switch (f) {
      case 'read':
        return trace<VersionedInput, VersionedOutput>(call, index, { kind: 'read', key }, (result) => {
          const [version, found] = pairOf(call, result);
          return { kind: 'state', version: Number(version), value: JSON.stringify(found) };
        });
      case 'write':
        return trace<VersionedInput, VersionedOutput>(
          call,
          index,
          { kind: 'write', key, value: JSON.stringify(value) },
          () => ({ kind: 'written' }),
        );
      case 'cas': {
        const [version, to] = pairOf(call, value);
        const input = { kind: 'cas', key, version: Number(version), value: JSON.stringify(to) } as const;
        return trace<VersionedInput, VersionedOutput>(call, index, input, () => ({ kind: 'swapped', swapped: true }));
      }
      default:
        throw unknownCall(call);
    }
  });
}

/** The text of a value; null for an absent register. */
const valueText = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

function pairOf({ at }: RecordedCall, value: unknown): readonly [unknown, unknown] {
  if (!Array.isArray(value) || value.length !== 2) throw new MalformedHistory(`event ${at}: no pair of values`);
  return value as [unknown, unknown];
}

const unknownCall = ({ at, invoke }: RecordedCall): MalformedHistory =>
  new MalformedHistory(`event ${at}: a register has no ${invoke.f}`);

function trace<Input extends RegisterInput | VersionedInput, Output extends RegisterOutput | VersionedOutput>(
  call: RecordedCall,
  index: number,
  input: Input,
  outputOf: (result: unknown) => Output,
): Traced<Input, Output> {
  const { process, invoke, completion, outcome } = call;
  return {
    index,
    client: String(process),
    input,
    invokedAt: invoke.time,
    completedAt: completion?.time ?? Infinity,
    outcome: outcomeOf(),
  };

  function outcomeOf(): Outcome<Output> {
    switch (outcome) {
      case 'ok':
        return { kind: 'ok', output: outputOf(completion?.value) };
      case 'info':
        return { kind: 'unknown' };
      case 'fail':
        // A compare-and-set that was answered is right to fail; without an error or with a revision it was.
        if (input.kind !== 'cas' || (completion?.error !== undefined && completion.revision === undefined))
          return { kind: 'failed' };
        return { kind: 'ok', output: { kind: 'swapped', swapped: false } as Output };
      default:
        return assertNever(outcome);
    }
  }
}
