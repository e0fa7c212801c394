/** What the user asked for cannot be done: one line, and no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs what `make` starts, to its exit code. Whoever reads the output may go away (`make sim … | head`): that ends it,
 * and nothing is wrong.
 * @param name what the user called, for the one line where that cannot be done
 */
export async function runProgram(name: string, main: () => Promise<number>): Promise<void> {
  endWithReader();
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** Ends this process quietly when nobody reads its output any more. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** A whole number that is given by a variable, from `min` on. @throws UsageError for anything else */
export function wholeNumberOf(name: string, min = 0): number | undefined {
  const text = textOf(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new UsageError(`${name}=${text}: a whole number from ${min} on is needed`);
  }
  return value;
}

/** Minutes, hours and such may have fractions. @throws UsageError for what is no number above 0 */
export function positiveNumberOf(name: string): number | undefined {
  const text = textOf(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new UsageError(`${name}=${text}: a number above 0 is needed`);
  return value;
}

/** A variable that is empty counts as one that is not given: make passes all that it knows. */
export function textOf(name: string): string | undefined {
  const text = process.env[name];
  return text === '' ? undefined : text;
}
