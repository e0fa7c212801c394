import type { Command } from 'commander';
import { txn } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { refuseTable, writeOutput } from '../output/output.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { toComparisons } from './txn/index-conditions.js';
import { readTxn } from './txn/input.js';
import { txnFields, txnJson, txnLines } from './txn/results.js';

interface TxnFlags extends ClientFlags {
  readonly interactive?: boolean;
}

export function txnCommand(streams: Streams): Command {
  return new Subcommand('txn')
    .description('read a transaction from standard input and execute it')
    .option('-i, --interactive', 'prompt for each part')
    .notes(HELP)
    .example('raftkv txn -i')
    .example(
      `printf 'mod("job") = "0"\\n\\nput job mine\\n\\nget job\\n\\n' | raftkv txn`,
      'create the key, or print it if it exists',
    )
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<TxnFlags>();
      refuseTable(flags.writeOut);
      const { hexInput, interactive: prompts = false } = flags;
      const { conditions, success, failure } = await readTxn(streams, { prompts, hexInput });
      await using client = await makeClient(flags, streams);
      const transaction = txn()
        .when(...(await toComparisons(client, conditions, hexInput)))
        .do(...success)
        .otherwise(...failure);
      const result = await client.txn(transaction);
      await writeOutput(streams, flags.writeOut, {
        simple: () => txnLines(result, flags.hex),
        json: () => txnJson(result),
        fields: () => txnFields(result),
      });
    });
}

const HELP = `
The input has three parts, as for etcdctl: the conditions, the operations to run if all conditions hold, and the
operations to run otherwise. An empty line ends each part, also an empty one.

  mod("key") > "0"             or version, create, value, lease; with = != < >
  value("other") = "text"
  index("by-email") != "a@b.c" no key has this value in a secondary index; or = for some key

  put key "a new value"        the flags of put, get and del apply
  get other

  get --prefix ke

Keys and values may be quoted: "..." is a string of Go, with its escape sequences; '...' has none.
`;
