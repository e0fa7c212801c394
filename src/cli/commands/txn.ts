import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { txn } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { refuseTable, writeOutput } from '../output/output.js';
import { CommandError, write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { parseCondition } from './txn/conditions.js';
import { parseOperation } from './txn/operations.js';
import { txnFields, txnJson, txnLines } from './txn/results.js';

interface TxnFlags extends ClientFlags {
  readonly interactive?: boolean;
}

/** The parts of the input, in order. An empty line ends each; the end of the input also ends the last. */
const PARTS = ['compares:', 'success requests (get, put, del):', 'failure requests (get, put, del):'] as const;

export function txnCommand(streams: Streams): Command {
  return new Subcommand('txn')
    .description('run a transaction, which is read from standard input')
    .option('-i, --interactive', 'prompt for each part')
    .addHelpText('after', HELP)
    .example('raftkv txn -i')
    .example(
      `printf 'mod("job") = "0"\\n\\nput job mine\\n\\nget job\\n\\n' | raftkv txn`,
      'create the key, or print it if it exists',
    )
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<TxnFlags>();
      refuseTable(flags.writeOut);
      const [conditions, success, failure] = await readParts(streams, flags.interactive ?? false);
      const transaction = txn()
        .when(...conditions.map((line) => parseCondition(line, flags.hexInput)))
        .do(...success.map((line) => parseOperation(line, flags.hexInput)))
        .otherwise(...failure.map((line) => parseOperation(line, flags.hexInput)));
      await using client = makeClient(flags, streams);
      const result = await client.txn(transaction);
      await writeOutput(streams, flags.writeOut, {
        simple: () => txnLines(result, flags.hex),
        json: () => txnJson(result),
        fields: () => txnFields(result),
      });
    });
}

const HELP = `
The input has three parts, each ended by an empty line: the conditions, the operations to run if all conditions hold, and
the operations to run otherwise.

  mod("key") > "0"             or version, create, value, lease; with = != < >
  value("other") = "text"

  put key "a new value"        the flags of put, get and del apply
  get other

  get --prefix ke
`;

type Parts = readonly [readonly string[], readonly string[], readonly string[]];

async function readParts(streams: Streams, prompts: boolean): Promise<Parts> {
  const parts: [string[], string[], string[]] = [[], [], []];
  let at = 0;
  if (prompts) await write(streams.stdout, `${PARTS[0]}\n`);
  for await (const line of createInterface({ input: streams.stdin })) {
    if (line.trim() !== '') {
      parts[at]?.push(line);
      continue;
    }
    at += 1;
    const next = PARTS[at];
    if (next === undefined) break;
    if (prompts) await write(streams.stdout, `\n${next}\n`);
  }
  if (at < PARTS.length - 1) {
    throw new CommandError('the input ended before its third part: conditions, success, failure');
  }
  if (prompts) await write(streams.stdout, '\n');
  return parts;
}
