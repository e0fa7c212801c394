import { Option } from 'commander';
import type { Command } from 'commander';
import type { IndexDefinition, IndexSource, IndexType, RangeSelector } from '../../../client/index.js';
import { headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { argumentBytes, wholeNumber } from '../../parsing/arguments.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { indexFields, indexJson, indexTable } from './output.js';
import { writeStatus } from './status.js';

interface CreateFlags extends ClientFlags {
  readonly prefix?: string;
  readonly fromKey?: string;
  readonly rangeEnd?: string;
  readonly json?: string;
  readonly segment?: number;
  readonly separator?: string;
  readonly wholeValue?: boolean;
  readonly type: IndexType;
  readonly multiple?: boolean;
  readonly unique?: boolean;
  readonly wait?: boolean;
}

export function createCommand(streams: Streams): Command {
  return new Subcommand('create')
    .description('create an index over the keys of a range (default: all keys)')
    .argument('<name>', 'name of the new index')
    .option('--prefix <prefix>', 'cover the keys that begin with this prefix')
    .option('--from-key <key>', 'cover the keys from this one on')
    .option('--range-end <key>', 'with --from-key: end of the keys (exclusive)')
    .option('--json <pointer>', 'take the value at this JSON Pointer in the value of the key, such as /email')
    .option('--segment <position>', 'take this segment of the key behind the prefix, from 0', wholeNumber(0))
    .option('--separator <text>', 'with --segment: what separates the segments (default: /)')
    .option('--whole-value', 'take the value of the key')
    .addOption(
      new Option('--type <type>', 'type of the values')
        .choices(['string', 'number', 'boolean', 'bytes'])
        .default('string'),
    )
    .option('--multiple', 'with --json: each element of an array is a value')
    .option('--unique', 'refuse writes that would give two keys the same value')
    .option('--wait', 'wait until the index can be queried')
    .example('raftkv index create by-email --prefix users/ --json /email --unique')
    .example('raftkv index create by-age --prefix users/ --json /age --type number --wait')
    .example('raftkv index create by-region --prefix hosts/ --segment 1', 'the key hosts/17/eu has the value eu')
    .action(async (name: string, _own: unknown, command: Command) => {
      await create(streams, name, command.optsWithGlobals<CreateFlags>());
    });
}

async function create(streams: Streams, name: string, flags: CreateFlags): Promise<void> {
  const definition = definitionOf(flags);
  await using client = await makeClient(flags, streams);
  const handle = client.index(name);
  const { index, header } = await handle.create(definition);
  if (flags.wait === true) {
    await writeStatus(streams, flags, await handle.ready());
    return;
  }
  await writeOutput(streams, flags.writeOut, {
    simple: () => `index ${index.name} is ${index.state}\n`,
    json: () => ({ header: headerJson(header), index: indexJson(index) }),
    fields: () => [...headerFields(header), ...indexFields(index)],
    table: () => indexTable([index], flags.hex),
  });
}

/** @throws CommandError if flags contradict each other */
function definitionOf(flags: CreateFlags): IndexDefinition {
  return {
    ...sourceOf(flags),
    keys: keysOf(flags),
    type: flags.type,
    multiple: flags.multiple ?? false,
    unique: flags.unique ?? false,
  };
}

function keysOf({ prefix, fromKey, rangeEnd, hexInput }: CreateFlags): RangeSelector {
  if (prefix !== undefined && fromKey !== undefined)
    throw new CommandError('--prefix and --from-key cannot be combined');
  if (rangeEnd !== undefined && fromKey === undefined) throw new CommandError('--range-end needs --from-key');
  if (prefix !== undefined) return { prefix: argumentBytes(prefix, hexInput) };
  if (fromKey === undefined) return { all: true };
  const from = argumentBytes(fromKey, hexInput);
  return rangeEnd === undefined ? { from } : { from, to: argumentBytes(rangeEnd, hexInput) };
}

function sourceOf({ json, segment, separator, wholeValue, prefix = '', hexInput }: CreateFlags): IndexSource {
  const given = [json, segment, wholeValue].filter((flag) => flag !== undefined && flag !== false);
  if (given.length !== 1) throw new CommandError('exactly one of --json, --segment and --whole-value is needed');
  if (separator !== undefined && segment === undefined) throw new CommandError('--separator needs --segment');
  if (json !== undefined) return { json };
  if (segment === undefined) return { wholeValue: true };
  return {
    segment: {
      position: segment,
      separator: separator === undefined ? '/' : argumentBytes(separator, hexInput),
      prefix: argumentBytes(prefix, hexInput),
    },
  };
}
