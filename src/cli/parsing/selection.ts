import type { Bytes, RangeSelector } from '../../client/index.js';
import { CommandError } from '../process/streams.js';
import { argumentBytes } from './arguments.js';

/** The flags with which get, del, export and watch select keys. */
export interface SelectionFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly hexInput: boolean;
}

/** One key (bytes), or a range. @throws CommandError if the flags contradict each other */
export function select(keyText: string, endText: string | undefined, flags: SelectionFlags): Bytes | RangeSelector {
  if (flags.prefix === true && flags.fromKey === true) {
    throw new CommandError('--prefix and --from-key cannot be combined');
  }
  if (endText !== undefined && (flags.prefix === true || flags.fromKey === true)) {
    throw new CommandError(`a range end and ${flags.prefix === true ? '--prefix' : '--from-key'} cannot be combined`);
  }
  const key = argumentBytes(keyText, flags.hexInput);
  if (flags.prefix === true) return { prefix: key };
  if (flags.fromKey === true) return { from: key };
  return endText === undefined ? key : { from: key, to: argumentBytes(endText, flags.hexInput) };
}

export function isOneKey(selection: Bytes | RangeSelector): selection is Bytes {
  return typeof selection === 'string' || selection instanceof Uint8Array;
}
