import { Command, CommanderError, Option } from 'commander';
import { op } from '../../../client/index.js';
import type { DeleteBody, Op, PutBody, RangeBody } from '../../../client/index.js';
import { addDelFlags, type DelFlags } from '../del.js';
import { oneKeyRange } from '../get.js';
import { addGetFlags, printedParts, rangeOptions, type GetFlags } from '../get/flags.js';
import type { LineOptions } from '../../output/lines.js';
import { addPutFlags, type PutFlags } from '../put.js';
import { FlagCommand } from '../../parsing/flag-command.js';
import { parserMessage } from '../../parsing/parser-message.js';
import { isOneKey, select } from '../../parsing/selection.js';
import { CommandError } from '../../process/streams.js';
import { argumentBytes } from '../../parsing/arguments.js';
import { wordsOf } from '../../parsing/words.js';
import { clampInteger } from '../../../util/integer.js';

/** What one operation of the transaction returned. */
type Found =
  | { readonly kind: 'range'; readonly body: RangeBody; readonly print: LineOptions['parts'] | 'count' }
  | { readonly kind: 'put'; readonly body: PutBody }
  | { readonly kind: 'delete'; readonly body: DeleteBody };

/** The answer to one operation, with the store's revision as the operation saw it: the transaction's own behind its first write. */
export type Result = Found & { readonly revision: number };

/** Parses one line of a branch: `put KEY VALUE`, `get KEY [END]` or `del KEY [END]`, with flags. @throws CommandError */
export function parseOperation(line: string, hexInput: boolean): Op<Result> {
  let parsed: Op<Result> | undefined;
  const onParsed = (operation: Op<Result>): void => void (parsed = operation);
  const parser = new Command('txn').helpOption(false).helpCommand(false);
  for (const command of [putLine(onParsed, hexInput), getLine(onParsed, hexInput), delLine(onParsed, hexInput)]) {
    parser.addCommand(command);
  }
  // The error below repeats the parser's message together with the line.
  for (const command of [parser, ...parser.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  try {
    parser.parse(wordsOf(line), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new CommandError(`${parserMessage(error.message)}: ${line}`);
  }
  if (parsed === undefined) throw new CommandError(`expected put, get or del: ${line}`);
  return parsed;
}

type OnParsed = (operation: Op<Result>) => void;

function putLine(onParsed: OnParsed, hexInput: boolean): Command {
  return addPutFlags(new FlagCommand('put').arguments('<key> [value]')).action(
    (key: string, value: string | undefined, flags: PutFlags, command: Command) => {
      const { lease, prevKv = false, ignoreLease = false, ignoreValue = false } = flags;
      if (ignoreValue !== (value === undefined)) {
        command.error(ignoreValue ? '--ignore-value takes no value' : "missing required argument 'value'");
      }
      const options = { prevKv, ignoreLease, ignoreValue, ...(lease === undefined ? {} : { lease }) };
      const put = op.put(argumentBytes(key, hexInput), argumentBytes(value ?? '', hexInput), options);
      onParsed(mapped(put, (body) => ({ kind: 'put', body })));
    },
  );
}

function getLine(onParsed: OnParsed, hexInput: boolean): Command {
  const command = addGetFlags(new FlagCommand('get').arguments('<key> [range_end]'));
  // etcdctl accepts it here too, where it has no effect: a transaction reads its own writes.
  command.addOption(new Option('--consistency <level>').choices(['l', 's', 'default', 'consistent', 'stale']));
  return command.action((key: string, end: string | undefined, flags: GetFlags) => {
    const selection = select(key, end, { ...flags, hexInput });
    const range = isOneKey(selection) ? oneKeyRange(selection) : selection;
    const print = printedParts(flags);
    onParsed(mapped(op.range(range, rangeOptions(flags)), (body) => ({ kind: 'range', body, print })));
  });
}

function delLine(onParsed: OnParsed, hexInput: boolean): Command {
  return addDelFlags(new FlagCommand('del').arguments('<key> [range_end]')).action(
    (key: string, end: string | undefined, flags: DelFlags) => {
      const { prevKv = false } = flags;
      onParsed(
        mapped(op.delete(select(key, end, { ...flags, hexInput }), { prevKv }), (body) => ({ kind: 'delete', body })),
      );
    },
  );
}

function mapped<Body>({ request, writes, toResult }: Op<Body>, map: (body: Body) => Found): Op<Result> {
  return {
    request,
    writes,
    toResult: (wire) => {
      const { header } = wire.responseRange ?? wire.responsePut ?? wire.responseDeleteRange ?? {};
      return { ...map(toResult(wire)), revision: clampInteger(header?.revision) };
    },
  };
}
