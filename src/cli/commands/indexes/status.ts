import type { Command } from 'commander';
import type { IndexDuplicate, IndexStatus } from '../../../client/index.js';
import { field, headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { cell, renderTable } from '../../output/table.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { Streams } from '../../process/streams.js';
import { indexFields, indexJson, indexLine, valueJson, valueText } from './output.js';

export function statusCommand(streams: Streams): Command {
  return new Subcommand('status')
    .description('print the state of an index, and how many keys it covers')
    .argument('<index>', 'name of the index')
    .example('raftkv index status by-email')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      await writeStatus(streams, flags, await client.index(name).status());
    });
}

/** Prints the status of an index. */
export async function writeStatus(
  streams: Streams,
  { writeOut, hex }: Pick<ClientFlags, 'writeOut' | 'hex'>,
  status: IndexStatus,
): Promise<void> {
  const { index, header, keysIndexed, keysInRange, entries, keysLeftOut, duplicates } = status;
  const indexed = `${keysIndexed} of ${keysInRange ?? 'an unknown number'}`;
  await writeOutput(streams, writeOut, {
    simple: () =>
      [
        indexLine(index, hex),
        `keys indexed: ${indexed}`,
        `entries: ${entries}`,
        `keys left out: ${keysLeftOut}`,
        ...duplicates.map((each) => `duplicate: ${duplicateText(each, hex)}`),
        '',
      ].join('\n'),
    json: () => ({
      header: headerJson(header),
      index: indexJson(index),
      keys_indexed: keysIndexed,
      keys_in_range: keysInRange ?? -1,
      entries,
      keys_left_out: keysLeftOut,
      duplicates: duplicates.length === 0 ? undefined : duplicates.map(duplicateJson),
    }),
    fields: () => [
      ...headerFields(header),
      ...indexFields(index),
      field('KeysIndexed', keysIndexed),
      field('KeysInRange', keysInRange ?? -1),
      field('Entries', entries),
      field('KeysLeftOut', keysLeftOut),
      ...duplicates.map((each) => field('Duplicate', duplicateText(each, hex))),
    ],
    table: () =>
      renderTable(
        ['NAME', 'STATE', 'KEYS INDEXED', 'KEYS IN RANGE', 'ENTRIES', 'KEYS LEFT OUT'],
        [[index.name, index.state, ...[keysIndexed, keysInRange ?? '?', entries, keysLeftOut].map(String)]],
      ),
  });
}

function duplicateText({ value, key, otherKey }: IndexDuplicate, hex: boolean): string {
  return `${cell(key, hex)} and ${cell(otherKey, hex)} have ${valueText(value, hex)}`;
}

function duplicateJson({ value, key, otherKey }: IndexDuplicate): object {
  return { value: valueJson(value), key: key.toString('base64'), other_key: otherKey.toString('base64') };
}
