import type { Command } from 'commander';
import type { DeleteResult } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { field, headerFields, keyValueFields } from '../output/fields.js';
import { deleteJson } from '../output/json.js';
import { keyValueLines } from '../output/lines.js';
import { writeOutput } from '../output/output.js';
import { select } from '../parsing/selection.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { keyValueTable } from '../output/table.js';

export interface DelFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly prevKv?: boolean;
}

export function addDelFlags<C extends Command>(command: C): C {
  return command
    .option('--prefix', 'delete the keys that begin with KEY')
    .option('--from-key', 'delete the keys from KEY on')
    .option('--prev-kv', 'print the deleted keys and values');
}

export function delCommand(streams: Streams): Command {
  const command = new Subcommand('del')
    .description('delete a key or a range of keys, and print how many were deleted')
    .argument('<key>', 'key, or first key of the range')
    .argument('[range_end]', 'end of the range (exclusive)');
  return addDelFlags(command)
    .example('raftkv del hello')
    .example('raftkv del sessions/ --prefix', 'all keys below sessions/')
    .action(async (key: string, rangeEnd: string | undefined, _own: unknown, self: Command) => {
      const flags = self.optsWithGlobals<ClientFlags & DelFlags>();
      const selection = select(key, rangeEnd, flags);
      await using client = await makeClient(flags, streams);
      const result = await client.delete(selection, { prevKv: flags.prevKv ?? false });
      const { deleted, prevKvs, header } = result;
      const { hex } = flags;
      await writeOutput(streams, flags.writeOut, {
        simple: () => Buffer.concat([Buffer.from(`${deleted}\n`), keyValueLines(prevKvs, { hex, parts: 'both' })]),
        json: () => deleteJson(result),
        fields: () => [...headerFields(header), ...deletedFields(result)],
        table: () => `${deleted}\n${prevKvs.length === 0 ? '' : keyValueTable(prevKvs, hex)}`,
      });
    });
}

/** The fields of a deletion without its header, which an answer inside a transaction does not have. */
export function deletedFields({ deleted, prevKvs }: Pick<DeleteResult, 'deleted' | 'prevKvs'>): readonly string[] {
  return [field('Deleted', deleted), ...prevKvs.flatMap((kv) => keyValueFields(kv, 'Prev'))];
}
