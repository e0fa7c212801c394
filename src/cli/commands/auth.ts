import type { Command } from 'commander';
import type { AuthStatus, Client } from '../../client/index.js';
import { RaftKvError } from '../../client/index.js';
import { field, headerFields } from '../output/fields.js';
import { headerJson } from '../output/json.js';
import { writeOutput } from '../output/output.js';
import type { OutputFormat } from '../output/output.js';
import { renderTable } from '../output/table.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { Subcommand } from '../parsing/subcommand.js';
import { write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';

export function authCommand(streams: Streams): Command {
  return new Subcommand('auth')
    .description('enable and disable authentication, so that calls need a user with permissions')
    .addCommand(enableCommand(streams))
    .addCommand(disableCommand(streams))
    .addCommand(statusCommand(streams));
}

function enableCommand(streams: Streams): Command {
  return new Subcommand('enable')
    .description('enable authentication; it needs a user root, which gets the role root')
    .example('raftkv auth enable')
    .action(async (_own: unknown, command: Command) => {
      await using client = await makeClient(command.optsWithGlobals<ClientFlags>(), streams);
      await enable(client);
      await write(streams.stdout, 'Authentication Enabled\n');
    });
}

/** Enables authentication. As etcdctl does, first gives the role `root` to the user `root` where it lacks it. */
async function enable({ auth }: Client): Promise<void> {
  try {
    await auth.enable();
    return;
  } catch (error) {
    if (!isRootRoleMissing(error)) throw error;
  }
  try {
    await auth.roleAdd('root');
  } catch (error) {
    // The role exists, and only the user lacks it.
    if (!(error instanceof RaftKvError) || error.code !== 'already-exists') throw error;
  }
  await auth.userGrantRole('root', 'root');
  await auth.enable();
}

function isRootRoleMissing(error: unknown): boolean {
  return error instanceof RaftKvError && error.message.includes('etcdserver: root user does not have root role');
}

function disableCommand(streams: Streams): Command {
  return new Subcommand('disable')
    .description('disable authentication; users and roles are kept')
    .example('raftkv auth disable --user root')
    .action(async (_own: unknown, command: Command) => {
      await using client = await makeClient(command.optsWithGlobals<ClientFlags>(), streams);
      await client.auth.disable();
      await write(streams.stdout, 'Authentication Disabled\n');
    });
}

function statusCommand(streams: Streams): Command {
  return new Subcommand('status')
    .description('print whether authentication is enabled, and the revision of users and roles')
    .example('raftkv auth status')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      await writeStatus(streams, flags.writeOut, await client.auth.status());
    });
}

async function writeStatus(
  streams: Streams,
  format: OutputFormat,
  { enabled, authRevision, header }: AuthStatus,
): Promise<void> {
  await writeOutput(streams, format, {
    simple: () => `Authentication Status: ${enabled}\nAuthRevision: ${authRevision}\n`,
    json: () => ({
      header: headerJson(header),
      enabled: enabled || undefined,
      authRevision: authRevision || undefined,
    }),
    fields: () => [...headerFields(header), field('Enabled', enabled), field('AuthRevision', authRevision)],
    table: () => renderTable(['ENABLED', 'AUTH REVISION'], [[String(enabled), String(authRevision)]]),
  });
}
