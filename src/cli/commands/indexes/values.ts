import { isUtf8 } from 'node:buffer';
import type { IndexArgument, IndexType } from '../../../client/index.js';
import { assertNever } from '../../../util/assert.js';
import { argumentBytes } from '../../parsing/arguments.js';
import { CommandError } from '../../process/streams.js';

/** A number as in JSON. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A value of an index, as text on the command line. With --hex-input, texts and bytes are hex.
 * @throws CommandError if the index has no such value
 */
export function parseIndexValue(text: string, type: IndexType, hexInput: boolean): IndexArgument {
  switch (type) {
    case 'string': {
      const bytes = argumentBytes(text, hexInput);
      if (!isUtf8(bytes)) throw new CommandError(`the values of this index are text, and ${text} is not UTF-8`);
      return bytes.toString();
    }
    case 'bytes':
      return argumentBytes(text, hexInput);
    case 'number':
      if (!NUMBER.test(text) || !Number.isFinite(Number(text))) {
        throw new CommandError(`the values of this index are numbers, and ${text} is not one`);
      }
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') {
        throw new CommandError(`the values of this index are true and false, not ${text}`);
      }
      return text === 'true';
    default:
      return assertNever(type);
  }
}
