import type { Bytes, RangeSelector } from '../client/index.js';
import { CommandError } from './streams.js';
import { argumentBytes } from './text.js';

/** How get, del and export name keys. */
export interface SelectionFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly hex: boolean;
}

/** One key (bytes), or a range. @throws CommandError where the flags contradict each other */
export function select(keyText: string, endText: string | undefined, flags: SelectionFlags): Bytes | RangeSelector {
  if (flags.prefix === true && flags.fromKey === true) {
    throw new CommandError('--prefix and --from-key exclude each other');
  }
  if (endText !== undefined && (flags.prefix === true || flags.fromKey === true)) {
    throw new CommandError(`a range end and ${flags.prefix === true ? '--prefix' : '--from-key'} exclude each other`);
  }
  const key = argumentBytes(keyText, flags.hex);
  if (flags.prefix === true) return { prefix: key };
  if (flags.fromKey === true) return { from: key };
  return endText === undefined ? key : { from: key, to: argumentBytes(endText, flags.hex) };
}

export function isOneKey(selection: Bytes | RangeSelector): selection is Bytes {
  return typeof selection === 'string' || selection instanceof Uint8Array;
}
