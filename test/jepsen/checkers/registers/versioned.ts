import { assertNever } from '../../../../src/util/assert.js';
import { ILLEGAL, legal, type Model } from '../linearizability/model.js';

/** Values are texts. */
export type VersionedInput =
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'write'; readonly key: string; readonly value: string }
  | { readonly kind: 'cas'; readonly key: string; readonly version: number; readonly value: string };

export type VersionedOutput =
  | { readonly kind: 'state'; readonly version: number; readonly value: string }
  | { readonly kind: 'written' }
  | { readonly kind: 'swapped'; readonly swapped: boolean };

export interface VersionedState {
  readonly version: number;
  readonly value: string;
}

/** The value of an absent register, which has version 0. */
export const ABSENT = 'null';

/** Registers with a version that each write raises by one; compare-and-set is by version. */
export const versionedModel: Model<VersionedState, VersionedInput, VersionedOutput> = {
  ...shared(),
  step: (state, input, output) => {
    switch (input.kind) {
      case 'read':
        if (output === undefined) return legal(state);
        return output.kind === 'state' && output.version === state.version && output.value === state.value
          ? legal(state)
          : ILLEGAL;
      case 'write':
        return legal({ version: state.version + 1, value: input.value });
      case 'cas': {
        const swaps = state.version === input.version;
        if (output?.kind === 'swapped' && output.swapped !== swaps) return ILLEGAL;
        return legal(swaps ? { version: state.version + 1, value: input.value } : state);
      }
      default:
        return assertNever(input);
    }
  },
};

/**
 * The same, where any number of writes may be missing: the version of the state is the smallest possible. Refused calls of
 * compare-and-set say nothing. What is wrong here is wrong for `versionedModel`, whatever calls are added.
 */
export const versionedGapsModel: Model<VersionedState, VersionedInput, VersionedOutput> = {
  ...shared(),
  step: (state, input, output) => {
    switch (input.kind) {
      case 'read':
        if (output?.kind !== 'state') return legal(state);
        return output.version >= state.version && output.value === state.value
          ? legal({ version: output.version, value: state.value })
          : ILLEGAL;
      case 'write':
        return legal({ version: state.version + 1, value: input.value });
      case 'cas':
        if (output?.kind === 'swapped' && !output.swapped) return legal(state);
        if (input.version < state.version) return output === undefined ? legal(state) : ILLEGAL;
        return legal({ version: input.version + 1, value: input.value });
      default:
        return assertNever(input);
    }
  },
  // A read may raise the smallest possible version.
  keepsState: () => false,
};

function shared(): Omit<Model<VersionedState, VersionedInput, VersionedOutput>, 'step'> {
  return {
    initial: { version: 0, value: ABSENT },
    key: ({ key }) => key,
    fingerprint: ({ version, value }) => `${value} (version ${version})`,
    readOnly: ({ kind }) => kind === 'read',
    keepsState: (_, output) => output.kind === 'state' || (output.kind === 'swapped' && !output.swapped),
    describe: (input, output) => {
      switch (input.kind) {
        case 'read':
          return `read → ${output?.kind === 'state' ? `${output.value} (version ${output.version})` : '?'}`;
        case 'write':
          return `write ${input.value}${output === undefined ? ' → ?' : ''}`;
        case 'cas': {
          const answer = output?.kind === 'swapped' ? (output.swapped ? 'swapped' : 'refused') : '?';
          return `cas version ${input.version} to ${input.value} → ${answer}`;
        }
        default:
          return assertNever(input);
      }
    },
  };
}
