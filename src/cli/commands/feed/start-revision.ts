import { InvalidArgumentError } from 'commander';

/** The first revision to deliver. */
export type Start = number | 'oldest' | 'now';

/** @throws InvalidArgumentError */
export function startRevision(text: string): Start {
  if (text === 'oldest' || text === 'now') return text;
  const revision = Number(text);
  if (/^\d+$/.test(text) && revision >= 1 && Number.isSafeInteger(revision)) return revision;
  throw new InvalidArgumentError('Expected a whole number from 1, "oldest" or "now".');
}
