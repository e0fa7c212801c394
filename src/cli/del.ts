import { Command } from 'commander';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { deleteJson } from './json.js';
import { simpleLines } from './print.js';
import { select } from './selection.js';
import { write } from './streams.js';
import type { Streams } from './streams.js';
import { keyValueTable } from './table.js';
import { toJson } from './text.js';

interface DelFlags extends ClientFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly prevKv?: boolean;
}

export function delCommand(streams: Streams): Command {
  return new Command('del')
    .description('delete a key, or a range of keys; prints how many there were')
    .argument('<key>')
    .argument('[range_end]', 'delete the keys from KEY up to this one, without it')
    .option('--prefix', 'delete the keys that begin with KEY')
    .option('--from-key', 'delete the keys from KEY on')
    .option('--prev-kv', 'print what was deleted')
    .action(async (key: string, rangeEnd: string | undefined, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<DelFlags>();
      const selection = select(key, rangeEnd, flags);
      await using client = makeClient(flags);
      const result = await client.delete(selection, { prevKv: flags.prevKv ?? false });
      if (flags.writeOut === 'json') {
        await write(streams.stdout, `${toJson(deleteJson(result))}\n`);
        return;
      }
      await write(streams.stdout, `${result.deleted}\n`);
      if (flags.writeOut === 'simple') {
        await write(streams.stdout, simpleLines(result.prevKvs, { hex: flags.hex, parts: 'both' }));
      } else if (result.prevKvs.length > 0) {
        await write(streams.stdout, keyValueTable(result.prevKvs, flags.hex));
      }
    });
}
