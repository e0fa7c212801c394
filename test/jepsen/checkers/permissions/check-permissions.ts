import type { Call, Outcome } from '../../../support/history.js';
import { callsOf, type History, type RecordedCall } from '../../history/history.js';
import type { Verdict } from '../../history/verdict.js';
import { registerModel, type RegisterInput, type RegisterOutput } from '../linearizability/models.js';
import { checkObjects, type RegisterCheckOptions } from '../registers/check-registers.js';
import { registerDependence } from '../registers/dependence.js';
import type { Traced } from '../registers/register-calls.js';
import { verdictOf } from '../verdict.js';

type RegisterCall = Traced<RegisterInput, RegisterOutput>;

const DENIED = /^permission-denied/;
const GRANTED = '"granted"';
const CHECKED = {
  model: { ...registerModel, key: ({ key }: RegisterInput) => key },
  loose: registerModel,
  dependence: registerDependence,
};

/**
 * A permission of a user on a key is a register that is granted or revoked: a call of the user that succeeded has seen it granted, one
 * that was refused has seen it revoked.
 */
export function checkPermissions(history: History, options: RegisterCheckOptions = {}): Verdict {
  return verdictOf('permissions', () => {
    const recorded = callsOf(history);
    const calls = recorded.flatMap((call, index) => permissionCall(call, index) ?? []);
    return checkObjects(CHECKED, { recorded, calls }, options);
  });
}

/** The values that users write and read under permissions: registers, of which refused calls are no part. */
export function checkPermittedValues(history: History, options: RegisterCheckOptions = {}): Verdict {
  return verdictOf('permitted values', () => {
    const recorded = callsOf(history);
    const calls = recorded.flatMap((call, index) => valueCall(call, index) ?? []);
    return checkObjects(CHECKED, { recorded, calls }, options);
  });
}

function permissionCall(call: RecordedCall, index: number): RegisterCall | undefined {
  const { invoke, outcome, completion } = call;
  const { user } = (invoke.value ?? {}) as { readonly user?: string };
  const key = `${invoke.key ?? ''} of ${user ?? ''}`;
  switch (invoke.f) {
    case 'grant':
      return traced(call, index, { kind: 'write', key, value: GRANTED }, outcomeOf(outcome, { kind: 'written' }));
    case 'revoke':
      return traced(call, index, { kind: 'delete', key }, outcomeOf(outcome, { kind: 'written' }));
    case 'read':
    case 'write': {
      const isDenied = outcome === 'fail' && DENIED.test(completion?.error ?? '');
      if (!isDenied && outcome !== 'ok') return undefined;
      const output = { kind: 'value', value: isDenied ? null : GRANTED } as const;
      return traced(call, index, { kind: 'read', key }, { kind: 'ok', output });
    }
    default:
      return undefined;
  }
}

function valueCall(call: RecordedCall, index: number): RegisterCall | undefined {
  const { invoke, outcome, completion } = call;
  const { key = '' } = invoke;
  const { value } = ((invoke.f === 'read' ? completion?.value : invoke.value) ?? {}) as { readonly value?: unknown };
  const text = value === null || value === undefined ? null : JSON.stringify(value);
  if (invoke.f === 'read')
    return traced(call, index, { kind: 'read', key }, outcomeOf(outcome, { kind: 'value', value: text }));
  if (invoke.f !== 'write') return undefined;
  return traced(call, index, { kind: 'write', key, value: text ?? '' }, outcomeOf(outcome, { kind: 'written' }));
}

function outcomeOf(outcome: RecordedCall['outcome'], output: RegisterOutput): Outcome<RegisterOutput> {
  if (outcome === 'ok') return { kind: 'ok', output };
  return { kind: outcome === 'fail' ? 'failed' : 'unknown' };
}

function traced(
  { process, invoke, completion }: RecordedCall,
  index: number,
  input: RegisterInput,
  outcome: Call<RegisterInput, RegisterOutput>['outcome'],
): RegisterCall {
  const completedAt = completion?.time ?? Infinity;
  return { index, client: String(process), input, invokedAt: invoke.time, completedAt, outcome };
}
