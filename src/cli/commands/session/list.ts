import type { Command } from 'commander';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { field, headerFields } from '../../output/fields.js';
import { headerJson } from '../../output/json.js';
import { writeOutput } from '../../output/output.js';
import { renderTable } from '../../output/table.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import type { SessionInfo } from '../../../client/index.js';

const HEAD = ['ID', 'USER', 'TTL', 'LAST INDEX', 'ACKNOWLEDGED', 'OPEN', 'BYTES'];

export function listCommand(streams: Streams): Command {
  return new Subcommand('list')
    .description("list the user's client sessions; all of them for root")
    .example('raftkv session list')
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClientFlags>();
      await using client = await makeClient(flags, streams);
      const { sessions, total, header } = await client.sessionList();
      await writeOutput(streams, flags.writeOut, {
        simple: () => [`found ${sessions.length} of ${total} sessions`, ...sessions.map(lineOf)].join('\n') + '\n',
        json: () => ({ header: headerJson(header), sessions, total }),
        fields: () => [...headerFields(header), ...sessions.map(({ id }) => field('ID', id))],
        table: () => renderTable(HEAD, sessions.map(rowOf)),
      });
    });
}

function lineOf({ id, user, ttlSeconds, lastIndex, openSequences }: SessionInfo): string {
  const owner = user === '' ? '' : ` of ${user}`;
  return `${id}${owner}: TTL ${ttlSeconds}s, last used at index ${lastIndex}, ${openSequences} open`;
}

function rowOf(session: SessionInfo): readonly string[] {
  const { id, user, ttlSeconds, lastIndex, acknowledged, openSequences, resultBytes } = session;
  return [id, user, ttlSeconds, lastIndex, acknowledged, openSequences, resultBytes].map(String);
}
