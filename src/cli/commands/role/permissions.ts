import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Access, PermittedKeys } from '../../../client/index.js';
import { prefixEnd } from '../../../util/bytes.js';
import { writeChange } from '../../output/change.js';
import { refuseTable } from '../../output/output.js';
import { argumentBytes } from '../../parsing/arguments.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';

interface KeyFlags extends ClientFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
}

export function grantPermissionCommand(streams: Streams): Command {
  return new Subcommand('grant-permission')
    .description('let a role read or write a key or a range of keys')
    .argument('<role>', 'name of the role')
    .argument('<access>', 'read, write or readwrite', parseAccess)
    .argument('<key>', 'key, or the first key of a range')
    .argument('[range_end]', 'end of the range (exclusive)')
    .option('--prefix', 'the keys that begin with KEY')
    .option('--from-key', 'the keys from KEY on')
    .example('raftkv role grant-permission readers read config/ --prefix')
    .example('raftkv role grant-permission workers readwrite jobs/a jobs/n')
    .action(
      async (role: string, access: Access, key: string, end: string | undefined, _own: unknown, command: Command) => {
        const flags = command.optsWithGlobals<KeyFlags>();
        refuseTable(flags.writeOut);
        const { keys } = permittedKeys(key, end, flags);
        await using client = await makeClient(flags, streams);
        const { header } = await client.auth.roleGrantPermission(role, { access, keys });
        await writeChange(streams, flags.writeOut, { header, line: `Role ${role} updated` });
      },
    );
}

export function revokePermissionCommand(streams: Streams): Command {
  return new Subcommand('revoke-permission')
    .description('take from a role its permission on exactly this key or range')
    .argument('<role>', 'name of the role')
    .argument('<key>', 'key, or the first key of a range')
    .argument('[range_end]', 'end of the range (exclusive)')
    .option('--prefix', 'the keys that begin with KEY')
    .option('--from-key', 'the keys from KEY on')
    .example('raftkv role revoke-permission readers config/ --prefix')
    .action(async (role: string, key: string, end: string | undefined, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<KeyFlags>();
      refuseTable(flags.writeOut);
      const { keys, name } = permittedKeys(key, end, flags);
      await using client = await makeClient(flags, streams);
      const { header } = await client.auth.roleRevokePermission(role, keys);
      await writeChange(streams, flags.writeOut, {
        header,
        line: `Permission of ${name} is revoked from role ${role}`,
      });
    });
}

/** @throws InvalidArgumentError */
function parseAccess(text: string): Access {
  const lower = text.toLowerCase();
  if (lower === 'read' || lower === 'write' || lower === 'readwrite') return lower;
  throw new InvalidArgumentError('Allowed choices are read, write, readwrite.');
}

/**
 * The keys of a permission, and their name in etcdctl's words. No key is empty: an empty one stands for the first possible
 * key. @throws CommandError if the flags contradict each other
 */
function permittedKeys(
  keyText: string,
  endText: string | undefined,
  { prefix = false, fromKey = false, hexInput }: KeyFlags,
): { readonly keys: PermittedKeys; readonly name: string } {
  if (prefix && fromKey) throw new CommandError('--from-key and --prefix flags are mutually exclusive');
  if (endText !== undefined && (prefix || fromKey)) {
    throw new CommandError(`unexpected range_end argument with ${prefix ? '--prefix' : '--from-key'} flag`);
  }
  const key = argumentBytes(keyText, hexInput);
  if (fromKey || (prefix && key.length === 0)) return { keys: { from: key }, name: openRange(keyText) };
  if (prefix) {
    const end = Buffer.from(prefixEnd(key));
    const isOpen = end.length === 1 && end[0] === 0;
    return { keys: { prefix: key }, name: isOpen ? openRange(keyText) : `range [${keyText}, ${end.toString()})` };
  }
  const first = key.length === 0 ? Buffer.of(0) : key;
  if (endText === undefined || endText === '') return { keys: first, name: `key ${keyText}` };
  return { keys: { from: first, to: argumentBytes(endText, hexInput) }, name: `range [${keyText}, ${endText})` };
}

function openRange(key: string): string {
  return `range [${key}, <open ended>`;
}
