/** A broken invariant: a bug in raftkv, not a mistake of a caller or a fault of a disk. Fatal to the node. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/**
 * Checks an invariant. Asserts stay on in production: a node that is wrong about itself must stop. The message is made in
 * any case, so in the path of a write, one with values in it is made behind an `if` of its own.
 * @throws AssertionError
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Ends a switch over a union: a missing case does not compile, and an unknown value at run time stops the node. */
export function assertNever(value: never, what = 'value'): never {
  throw new AssertionError(`unexpected ${what}: ${JSON.stringify(value)}`);
}

/** The value, which the caller knows to be present. @throws AssertionError if it is not */
export function defined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`${what} is missing`);
  return value;
}
