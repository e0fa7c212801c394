import { wholeNumber } from '../../parsing/arguments.js';

/** The first revision to deliver. */
export type Start = number | 'oldest' | 'now';

/** @throws InvalidArgumentError */
export function startRevision(text: string): Start {
  return text === 'oldest' || text === 'now' ? text : wholeNumber(1)(text);
}
