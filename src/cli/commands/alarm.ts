import type { Command } from 'commander';
import type { Alarm, Header } from '../../client/index.js';
import { memberIdValue } from '../../util/member-id.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { field, headerFields, rawField } from '../output/fields.js';
import { headerJson } from '../output/json.js';
import { writeOutput } from '../output/output.js';
import type { OutputFormat } from '../output/output.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { renderTable } from '../output/table.js';

export function alarmCommand(streams: Streams): Command {
  return new Subcommand('alarm')
    .description('list and clear alarms, which make the cluster reject writes')
    .addCommand(
      new Subcommand('list')
        .description('list the raised alarms')
        .example('raftkv alarm list -w table')
        .action(async (_own: unknown, command: Command) => {
          const flags = command.optsWithGlobals<ClientFlags>();
          await using client = await makeClient(flags, streams);
          await writeAlarms(streams, flags.writeOut, await client.alarmList());
        }),
    )
    .addCommand(
      new Subcommand('disarm')
        .description('clear all alarms; a member raises its alarm again while the cause persists')
        .example('raftkv alarm disarm')
        .action(async (_own: unknown, command: Command) => {
          const flags = command.optsWithGlobals<ClientFlags>();
          await using client = await makeClient(flags, streams);
          await writeAlarms(streams, flags.writeOut, { alarms: await client.disarm() });
        }),
    );
}

/** The values of etcd's enum. */
const NUMBERS = { nospace: 1, corrupt: 2 } as const;

interface Alarms {
  readonly alarms: readonly Alarm[];
  /** Absent for disarm, which is several calls. */
  readonly header?: Header;
}

async function writeAlarms(streams: Streams, format: OutputFormat, { alarms, header }: Alarms): Promise<void> {
  await writeOutput(streams, format, {
    simple: () => alarms.map((alarm) => `memberID:${alarm.memberId} alarm:${nameOf(alarm)} \n`).join(''),
    json: () => ({
      header: header === undefined ? undefined : headerJson(header),
      alarms: alarms.length === 0 ? undefined : alarms.map(toObject),
    }),
    fields: () => [
      ...(header === undefined ? [] : headerFields(header)),
      ...alarms.flatMap((alarm) => [
        field('MemberID', memberIdValue(alarm.memberId)),
        rawField('AlarmType', nameOf(alarm)),
        '',
      ]),
    ],
    table: () =>
      renderTable(
        ['MEMBER', 'ALARM'],
        alarms.map((alarm) => [alarm.memberId, nameOf(alarm)]),
      ),
  });
}

function nameOf({ kind }: Alarm): string {
  return kind?.toUpperCase() ?? 'UNKNOWN';
}

function toObject({ memberId, kind }: Alarm): object {
  return { memberID: memberIdValue(memberId), alarm: kind && NUMBERS[kind] };
}
