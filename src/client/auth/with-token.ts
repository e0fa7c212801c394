import { setTimeout as delay } from 'node:timers/promises';
import { isTokenRefused } from '../calls/failures.js';
import { RaftKvError } from '../errors.js';
import type { Token, Tokens, TokenWait } from './tokens.js';

/** Longest series of renewals for one call, or for one stream that brings nothing in between. */
export const RENEWALS_MAX = 5;
/** Pause before the second renewal of a series and those after it, in ms. */
const PAUSE_MS = 50;

export type CallMetadata = Readonly<Record<string, string>>;

/**
 * Makes a call with the client's token in its metadata. If the member refuses the token (it has expired, the member does
 * not know it, or users or roles have changed since), obtains another one and repeats the call: a member refuses a token
 * before it carries anything out.
 * @param tokens undefined for a client without a user
 * @throws RaftKvError
 */
export async function withToken<T>(
  tokens: Tokens | undefined,
  wait: TokenWait,
  work: (metadata: CallMetadata) => Promise<T>,
): Promise<T> {
  if (tokens === undefined) return await work({});
  for (let renewals = 0; ; renewals++) {
    const token = await tokens.current(wait);
    try {
      return await work(metadataOf(token));
    } catch (error) {
      if (!mayRenew(error, renewals) || performance.now() >= wait.deadlineMs) throw error;
      tokens.refuse(token);
      await pauseBefore(renewals);
    }
  }
}

/** Whether a call that failed with this error may be repeated with another token. @param renewals how often it was */
export function mayRenew(error: unknown, renewals: number): error is RaftKvError {
  return (
    error instanceof RaftKvError && error.fate === 'not-applied' && isTokenRefused(error) && renewals < RENEWALS_MAX
  );
}

/** A member that refuses new tokens, too, must not be asked without a pause. */
export async function pauseBefore(renewals: number): Promise<void> {
  if (renewals > 0) await delay(PAUSE_MS * renewals);
}

export function metadataOf({ text }: Token): CallMetadata {
  return text === undefined ? {} : { token: text };
}
