import type { Command } from 'commander';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { headerFields, keyValueFields } from '../output/fields.js';
import { putJson } from '../output/json.js';
import { keyValueLines } from '../output/lines.js';
import { writeOutput } from '../output/output.js';
import { CommandError, readAll } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { keyValueTable } from '../output/table.js';
import { argumentBytes, parseLeaseId } from '../parsing/arguments.js';

export interface PutFlags {
  readonly prevKv?: boolean;
  readonly ignoreLease?: boolean;
  readonly ignoreValue?: boolean;
  readonly lease?: bigint;
}

export function addPutFlags<C extends Command>(command: C): C {
  return command
    .option('--prev-kv', 'print the previous key and value')
    .option('--lease <id>', 'attach the key to this lease (hex)', parseLeaseId)
    .option('--ignore-lease', "keep the key's current lease")
    .option('--ignore-value', "keep the key's current value; takes no value");
}

export function putCommand(streams: Streams): Command {
  const command = new Subcommand('put')
    .description('write a key')
    .argument('<key>', 'key to write')
    .argument('[value]', 'value; "-" or nothing reads it from standard input, byte for byte');
  return addPutFlags(command)
    .example('raftkv put hello world')
    .example('raftkv put config/app < app.json', 'a value from a file')
    .example('raftkv put job running --lease 694d77aa9e38260f', 'a key that ends with its lease')
    .action(async (keyText: string, valueText: string | undefined, _own: unknown, self: Command) => {
      await put(streams, { keyText, valueText, flags: self.optsWithGlobals<Flags>() });
    });
}

type Flags = ClientFlags & PutFlags;

interface PutArguments {
  readonly keyText: string;
  readonly valueText: string | undefined;
  readonly flags: Flags;
}

async function put(streams: Streams, { keyText, valueText, flags }: PutArguments): Promise<void> {
  const key = argumentBytes(keyText, flags.hexInput);
  const ignoreValue = flags.ignoreValue ?? false;
  if (ignoreValue && valueText !== undefined) throw new CommandError('--ignore-value takes no value');
  const value = ignoreValue ? Buffer.alloc(0) : await valueBytes(streams, valueText, flags.hexInput);
  await using client = await makeClient(flags, streams);
  const result = await client.put(key, value, {
    prevKv: flags.prevKv ?? false,
    ignoreLease: flags.ignoreLease ?? false,
    ignoreValue,
    ...(flags.lease === undefined ? {} : { lease: flags.lease }),
  });
  const previous = result.prevKv === undefined ? [] : [result.prevKv];
  const { hex } = flags;
  await writeOutput(streams, flags.writeOut, {
    simple: () => Buffer.concat([Buffer.from('OK\n'), keyValueLines(previous, { hex, parts: 'both' })]),
    json: () => putJson(result),
    fields: () => [...headerFields(result.header), ...previous.flatMap((kv) => keyValueFields(kv, 'Prev'))],
    table: () => `OK\n${previous.length === 0 ? '' : keyValueTable(previous, hex)}`,
  });
}

async function valueBytes(streams: Streams, text: string | undefined, hexInput: boolean): Promise<Buffer> {
  if (text !== undefined && text !== '-') return argumentBytes(text, hexInput);
  const input = await readAll(streams.stdin);
  return hexInput ? argumentBytes(input.toString('latin1').trim(), hexInput) : input;
}
