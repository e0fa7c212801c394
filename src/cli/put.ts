import { Command } from 'commander';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { putJson } from './json.js';
import { simpleLines } from './print.js';
import { CommandError, readAll, write } from './streams.js';
import type { Streams } from './streams.js';
import { keyValueTable } from './table.js';
import { argumentBytes, parseLeaseId, toJson } from './text.js';

interface PutFlags extends ClientFlags {
  readonly prevKv?: boolean;
  readonly ignoreLease?: boolean;
  readonly ignoreValue?: boolean;
  readonly lease?: bigint;
}

export function putCommand(streams: Streams): Command {
  return new Command('put')
    .description('write a key')
    .argument('<key>')
    .argument('[value]', '"-", or nothing, reads the value from the standard input, as it is')
    .option('--prev-kv', 'print what the key held before')
    .option('--lease <id>', 'attach the key to this lease, in hex', parseLeaseId)
    .option('--ignore-lease', 'keep the lease that the key has')
    .option('--ignore-value', 'keep the value that the key has; none is given')
    .action(async (keyText: string, valueText: string | undefined, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<PutFlags>();
      const key = argumentBytes(keyText, flags.hex);
      const ignoreValue = flags.ignoreValue ?? false;
      if (ignoreValue && valueText !== undefined) throw new CommandError('--ignore-value takes no value');
      const value = ignoreValue ? Buffer.alloc(0) : await valueBytes(streams, valueText, flags.hex);
      await using client = makeClient(flags);
      const result = await client.put(key, value, {
        prevKv: flags.prevKv ?? false,
        ignoreLease: flags.ignoreLease ?? false,
        ignoreValue,
        ...(flags.lease === undefined ? {} : { lease: flags.lease }),
      });
      const previous = result.prevKv === undefined ? [] : [result.prevKv];
      if (flags.writeOut === 'json') {
        await write(streams.stdout, `${toJson(putJson(result))}\n`);
      } else {
        await write(streams.stdout, 'OK\n');
        if (flags.writeOut === 'simple') {
          await write(streams.stdout, simpleLines(previous, { hex: flags.hex, parts: 'both' }));
        } else if (previous.length > 0) {
          await write(streams.stdout, keyValueTable(previous, flags.hex));
        }
      }
    });
}

async function valueBytes(streams: Streams, text: string | undefined, hex: boolean): Promise<Buffer> {
  if (text !== undefined && text !== '-') return argumentBytes(text, hex);
  const input = await readAll(streams.stdin);
  return hex ? argumentBytes(input.toString('latin1').trim(), hex) : input;
}
