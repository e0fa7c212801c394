import { Option } from 'commander';
import type { Command } from 'commander';
import type { RangeOptions, SortOrder, SortTarget } from '../../../client/index.js';
import type { LineOptions } from '../../output/lines.js';
import type { SelectionFlags } from '../../parsing/selection.js';
import { choice, wholeNumber } from '../../parsing/arguments.js';

const SORT_TARGETS = { KEY: 'key', VERSION: 'version', CREATE: 'create', MODIFY: 'mod', VALUE: 'value' } as const;
const SORT_ORDERS = { ASCEND: 'ascend', DESCEND: 'descend' } as const;

/** The flags of a read, which a line of a transaction takes too. */
export interface GetFlags extends Omit<SelectionFlags, 'hexInput'> {
  readonly limit: number;
  readonly rev: number;
  readonly sortBy?: SortTarget;
  readonly order?: SortOrder;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly printValueOnly?: boolean;
}

export function addGetFlags<C extends Command>(command: C): C {
  return command
    .option('--prefix', 'read the keys that begin with KEY')
    .option('--from-key', 'read the keys from KEY on')
    .option('--limit <count>', 'maximum number of keys; 0 for all', wholeNumber(0), 0)
    .option('--rev <revision>', 'read as of this revision; 0 for the newest', wholeNumber(0), 0)
    .addOption(
      new Option('--sort-by <field>', `sort by ${Object.keys(SORT_TARGETS).join(', ')}`).argParser(
        choice(SORT_TARGETS),
      ),
    )
    .addOption(
      new Option('--order <order>', `sort order: ${Object.keys(SORT_ORDERS).join(', ')}`).argParser(
        choice(SORT_ORDERS),
      ),
    )
    .option('--keys-only', 'print keys without values')
    .option('--count-only', 'print the number of keys')
    .option('--print-value-only', 'print values without keys');
}

/** The options of a range that the flags state. */
export function rangeOptions(flags: GetFlags): RangeOptions {
  return {
    limit: flags.limit,
    revision: flags.rev,
    keysOnly: flags.keysOnly ?? false,
    countOnly: flags.countOnly ?? false,
    ...(flags.sortBy === undefined && flags.order === undefined
      ? {}
      : { sort: { by: flags.sortBy ?? 'key', order: flags.order ?? 'ascend' } }),
  };
}

/** The parts of each key that the default format prints. */
export function printedParts({ countOnly, keysOnly, printValueOnly }: GetFlags): LineOptions['parts'] | 'count' {
  if (countOnly === true) return 'count';
  if (keysOnly === true) return 'key';
  return printValueOnly === true ? 'value' : 'both';
}
