import { assertNever } from '../../../../src/util/assert.js';
import { ILLEGAL, legal } from './model.js';
import type { Model } from './model.js';

export type RegisterInput =
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'write'; readonly key: string; readonly value: string }
  | { readonly kind: 'cas'; readonly key: string; readonly from: string | null; readonly to: string }
  | { readonly kind: 'delete'; readonly key: string };

/**
 * A read returns a value, or null for an unwritten register; a compare-and-set returns whether it swapped, a delete
 * whether a value existed.
 */
export type RegisterOutput =
  | { readonly kind: 'value'; readonly value: string | null }
  | { readonly kind: 'written' }
  | { readonly kind: 'swapped'; readonly swapped: boolean }
  | { readonly kind: 'deleted'; readonly deleted: boolean };

/** Registers by key with read, write, compare-and-set and delete. A compare-and-set may fail only if the value differs. */
export const registerModel: Model<string | null, RegisterInput, RegisterOutput> = {
  initial: null,
  step: (state, input, output) => {
    switch (input.kind) {
      case 'read':
        return output === undefined || (output.kind === 'value' && output.value === state) ? legal(state) : ILLEGAL;
      case 'write':
        return legal(input.value);
      case 'cas': {
        const swaps = state === input.from;
        if (output?.kind === 'swapped' && output.swapped !== swaps) return ILLEGAL;
        return legal(swaps ? input.to : state);
      }
      case 'delete':
        return output?.kind === 'deleted' && output.deleted !== (state !== null) ? ILLEGAL : legal(null);
      default:
        return assertNever(input);
    }
  },
  key: (input) => input.key,
  fingerprint: (state) => (state === null ? 'nil' : JSON.stringify(state)),
  readOnly: (input) => input.kind === 'read',
  keepsState: (_, output) =>
    output.kind === 'value' ||
    (output.kind === 'swapped' && !output.swapped) ||
    (output.kind === 'deleted' && !output.deleted),
  describe: (input, output) => {
    switch (input.kind) {
      case 'read':
        return `read → ${output?.kind === 'value' ? (output.value ?? 'nil') : '?'}`;
      case 'write':
        return `write ${input.value}${output === undefined ? ' → ?' : ''}`;
      case 'cas': {
        const answer = output?.kind === 'swapped' ? (output.swapped ? 'swapped' : 'refused') : '?';
        return `cas ${input.from ?? 'nil'} to ${input.to} → ${answer}`;
      }
      case 'delete':
        return `delete → ${output?.kind === 'deleted' ? (output.deleted ? 'deleted' : 'nothing there') : '?'}`;
      default:
        return assertNever(input);
    }
  },
};

export type MapInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'append'; readonly key: string; readonly value: string };

/** The result of a get; null for a put or append. */
export type MapOutput = string | null;

/** A map from strings to strings; an unwritten key has the empty string. */
export const mapModel: Model<string, MapInput, MapOutput> = {
  initial: '',
  step: (state, input, output) => {
    switch (input.kind) {
      case 'get':
        return output === undefined || output === state ? legal(state) : ILLEGAL;
      case 'put':
        return legal(input.value);
      case 'append':
        return legal(state + input.value);
      default:
        return assertNever(input);
    }
  },
  key: (input) => input.key,
  fingerprint: (state) => JSON.stringify(state),
  readOnly: (input) => input.kind === 'get',
  describe: (input, output) =>
    input.kind === 'get'
      ? `get → ${JSON.stringify(output)}`
      : `${input.kind} ${JSON.stringify(input.value)}${output === undefined ? ' → ?' : ''}`,
};
