import type { RegisterInput, RegisterOutput } from '../linearizability/models.js';
import type { Dependence } from '../shrink/shrink-calls.js';
import { ABSENT, type VersionedInput, type VersionedOutput } from './versioned.js';

const text = (value: string | null): string => JSON.stringify(value);

export const registerDependence: Dependence<RegisterInput, RegisterOutput> = {
  initial: text(null),
  written: (input, output) => {
    if (input.kind === 'write') return text(input.value);
    if (input.kind === 'delete') return output?.kind === 'deleted' && !output.deleted ? undefined : text(null);
    if (input.kind === 'cas') return output?.kind === 'swapped' && !output.swapped ? undefined : text(input.to);
    return undefined;
  },
  seen: (input, output) => {
    if (output?.kind === 'value') return text(output.value);
    if (output?.kind === 'deleted') return output.deleted ? undefined : text(null);
    return input.kind === 'cas' && output?.kind === 'swapped' && output.swapped ? text(input.from) : undefined;
  },
  // They have seen that the value was another than a certain one.
  dependsOnAll: (_, output) =>
    (output?.kind === 'swapped' && !output.swapped) || (output?.kind === 'deleted' && output.deleted),
};

/** For the model that allows missing writes: a compare-and-set by version has not seen the value. */
export const versionedDependence: Dependence<VersionedInput, VersionedOutput> = {
  initial: ABSENT,
  written: (input, output) => {
    if (input.kind === 'read' || (output?.kind === 'swapped' && !output.swapped)) return undefined;
    return input.value;
  },
  seen: (_, output) => (output?.kind === 'state' ? output.value : undefined),
  dependsOnAll: () => false,
};
