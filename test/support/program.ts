/** An error of the user, reported in one line without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a program that `make` starts, and sets its exit code. If the reader of the output closes it (`make sim … |
 * head`), the program ends without an error.
 * @param name the make target, for error messages
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

/** Ends this process quietly when its output is closed. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** The whole number in a variable, from `min` on. @throws UsageError for any other text */
export function wholeNumberOf(name: string, min = 0): number | undefined {
  const text = textOf(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new UsageError(`${name}=${text}: a whole number from ${min} on is needed`);
  }
  return value;
}

/** A positive number, which may have a fraction. @throws UsageError for any other text */
export function positiveNumberOf(name: string): number | undefined {
  const text = textOf(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new UsageError(`${name}=${text}: a number above 0 is needed`);
  return value;
}

/** An empty variable counts as not given: make passes all its variables. */
export function textOf(name: string): string | undefined {
  const text = process.env[name];
  return text === '' ? undefined : text;
}
