import { Command, CommanderError } from 'commander';
import { op } from '../../client/index.js';
import type { DeleteBody, GetBody, Op, PutBody, RangeBody } from '../../client/index.js';
import { isOneKey, select, type SelectionFlags } from '../selection.js';
import { CommandError } from '../streams.js';
import { argumentBytes, parseLeaseId, wholeNumber } from '../text.js';
import { wordsOf } from '../words.js';

/** What an operation of the transaction answered. */
export type Result =
  | { readonly kind: 'range'; readonly body: RangeBody }
  | { readonly kind: 'put'; readonly body: PutBody }
  | { readonly kind: 'delete'; readonly body: DeleteBody };

/** One line of a branch: `put KEY VALUE`, `get KEY [END]` or `del KEY [END]`, with flags. @throws CommandError */
export function parseOperation(line: string, hex: boolean): Op<Result> {
  const words = wordsOf(line);
  let made: Op<Result> | undefined;
  const parser = new Command('txn').helpOption(false).helpCommand(false);
  for (const command of [
    putLine((operation) => (made = operation), hex),
    getLine((operation) => (made = operation), hex),
    delLine((operation) => (made = operation), hex),
  ]) {
    parser.addCommand(command);
  }
  // What is wrong is said once, with the line.
  for (const command of [parser, ...parser.commands])
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    parser.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new CommandError(`${error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')}: ${line}`);
  }
  if (made === undefined) throw new CommandError(`neither put, get nor del: ${line}`);
  return made;
}

type Made = (operation: Op<Result>) => void;

function putLine(made: Made, hex: boolean): Command {
  return new Command('put')
    .arguments('<key> [value]')
    .option('--lease <id>', '', parseLeaseId)
    .option('--prev-kv')
    .option('--ignore-lease')
    .option('--ignore-value')
    .action((key: string, value: string | undefined, flags: PutLineFlags, command: Command) => {
      const { lease, prevKv = false, ignoreLease = false, ignoreValue = false } = flags;
      if (ignoreValue !== (value === undefined)) {
        command.error(ignoreValue ? '--ignore-value takes no value' : "missing required argument 'value'");
      }
      const options = { prevKv, ignoreLease, ignoreValue, ...(lease === undefined ? {} : { lease }) };
      const put = op.put(argumentBytes(key, hex), argumentBytes(value ?? '', hex), options);
      made(mapped(put, (body) => ({ kind: 'put', body })));
    });
}

interface PutLineFlags {
  readonly lease?: bigint;
  readonly prevKv?: boolean;
  readonly ignoreLease?: boolean;
  readonly ignoreValue?: boolean;
}

function getLine(made: Made, hex: boolean): Command {
  return new Command('get')
    .arguments('<key> [range_end]')
    .option('--prefix')
    .option('--from-key')
    .option('--limit <count>', '', wholeNumber(0), 0)
    .option('--rev <revision>', '', wholeNumber(0), 0)
    .option('--keys-only')
    .option('--count-only')
    .action((key: string, end: string | undefined, flags: Omit<SelectionFlags, 'hex'> & GetLineFlags) => {
      const selection = select(key, end, { ...flags, hex });
      const { limit, rev, keysOnly = false, countOnly = false } = flags;
      if (isOneKey(selection) && !countOnly) {
        made(mapped(op.get(selection, { revision: rev, keysOnly }), (body) => ({ kind: 'range', body: oneKey(body) })));
        return;
      }
      const range = isOneKey(selection)
        ? { from: selection, to: Buffer.concat([Buffer.from(selection), Buffer.alloc(1)]) }
        : selection;
      const options = { limit, revision: rev, keysOnly, countOnly };
      made(mapped(op.range(range, options), (body) => ({ kind: 'range', body })));
    });
}

interface GetLineFlags {
  readonly limit: number;
  readonly rev: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

function delLine(made: Made, hex: boolean): Command {
  return new Command('del')
    .arguments('<key> [range_end]')
    .option('--prefix')
    .option('--from-key')
    .option('--prev-kv')
    .action((key: string, end: string | undefined, flags: Omit<SelectionFlags, 'hex'> & { prevKv?: boolean }) => {
      const { prevKv = false } = flags;
      made(mapped(op.delete(select(key, end, { ...flags, hex }), { prevKv }), (body) => ({ kind: 'delete', body })));
    });
}

function oneKey({ kv }: GetBody): RangeBody {
  return { kvs: kv === undefined ? [] : [kv], count: kv === undefined ? 0 : 1, more: false };
}

function mapped<Body>({ request, writes, toResult }: Op<Body>, map: (body: Body) => Result): Op<Result> {
  return { request, writes, toResult: (wire) => map(toResult(wire)) };
}
