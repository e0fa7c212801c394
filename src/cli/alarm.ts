import { Command } from 'commander';
import type { Alarm } from '../client/index.js';
import { makeClient } from './client-options.js';
import type { ClientFlags, OutputFormat } from './client-options.js';
import { write } from './streams.js';
import type { Streams } from './streams.js';
import { memberIdValue } from '../util/member-id.js';
import { renderTable } from './table.js';
import { toJson } from './text.js';

export function alarmCommand(streams: Streams): Command {
  return new Command('alarm')
    .description('alarms of members, during which writes are refused')
    .addCommand(
      new Command('list').description('print those that are raised').action(async (_own: unknown, command: Command) => {
        const flags = command.optsWithGlobals<ClientFlags>();
        await using client = makeClient(flags);
        await write(streams.stdout, render(await client.alarms(), flags.writeOut));
      }),
    )
    .addCommand(
      new Command('disarm')
        .description('take all of them back: what raised them may raise them again')
        .action(async (_own: unknown, command: Command) => {
          const flags = command.optsWithGlobals<ClientFlags>();
          await using client = makeClient(flags);
          await write(streams.stdout, render(await client.disarm(), flags.writeOut));
        }),
    );
}

const NUMBERS = { nospace: 1, corrupt: 2 } as const;

function render(alarms: readonly Alarm[], format: OutputFormat): string {
  const name = ({ kind }: Alarm): string => kind?.toUpperCase() ?? 'UNKNOWN';
  if (format === 'json') {
    const list = alarms.map(({ memberId, kind }) => ({
      memberID: memberIdValue(memberId),
      alarm: kind && NUMBERS[kind],
    }));
    return `${toJson({ alarms: list.length === 0 ? undefined : list })}\n`;
  }
  if (format === 'table') {
    return renderTable(
      ['MEMBER', 'ALARM'],
      alarms.map((alarm) => [alarm.memberId, name(alarm)]),
    );
  }
  return alarms.map((alarm) => `memberID:${memberIdValue(alarm.memberId)} alarm:${name(alarm)} \n`).join('');
}
