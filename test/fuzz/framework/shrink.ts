/** Bytes, or text by its UTF-16 code units. */
export type Input = Buffer | string;

const ATTEMPTS_MAX = 3_000;
const TIME_MS_MAX = 5_000;
const PRINTED_MAX = 2_000;

/** An input that shows a bug. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(input: Input, cause: unknown) {
    super(`${cause instanceof Error ? cause.message : String(cause)}\n  input: ${printed(input)}`, { cause });
  }
}

function printed(input: Input): string {
  const size = `${input.length} ${typeof input === 'string' ? 'characters' : 'bytes'}`;
  const text = typeof input === 'string' ? JSON.stringify(input) : input.toString('hex');
  return text.length <= PRINTED_MAX ? `${size}, ${text}` : `${size}, ${text.slice(0, PRINTED_MAX)}…`;
}

/** A smaller input for which `run` throws too: parts are removed, then set to zero, as long as it still throws. */
export function shrunk<T extends Input>(input: T, run: (input: T) => void): T {
  let best = input;
  let attempts = 0;
  const untilMs = performance.now() + TIME_MS_MAX;
  const isOver = (): boolean => attempts >= ATTEMPTS_MAX || performance.now() > untilMs;
  const stillFails = (candidate: T): boolean => {
    attempts += 1;
    try {
      run(candidate);
      return false;
    } catch {
      return true;
    }
  };
  for (let size = Math.max(1, best.length >> 1); size >= 1 && !isOver(); size = size === 1 ? 0 : size >> 1) {
    for (let at = 0; at < best.length && !isOver();) {
      const candidate = without(best, at, at + size);
      if (stillFails(candidate)) best = candidate;
      else at += size;
    }
  }
  for (let at = 0; at < best.length && !isOver(); at += 1) {
    const candidate = plain(best, at);
    if (candidate !== undefined && stillFails(candidate)) best = candidate;
  }
  return best;
}

function without<T extends Input>(input: T, from: number, to: number): T {
  if (typeof input === 'string') return (input.slice(0, from) + input.slice(to)) as T;
  return Buffer.concat([input.subarray(0, from), input.subarray(to)]) as T;
}

/** The input with its simplest byte or character at a place; undefined if it has that already. */
function plain<T extends Input>(input: T, at: number): T | undefined {
  if (typeof input === 'string') {
    if (input[at] === '0') return undefined;
    return (input.slice(0, at) + '0' + input.slice(at + 1)) as T;
  }
  if (input[at] === 0) return undefined;
  const changed = Buffer.from(input);
  changed[at] = 0;
  return changed as T;
}
