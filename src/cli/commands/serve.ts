import { Option } from 'commander';
import type { Command } from 'commander';
import { ETCD_SETTINGS } from '../../server/settings/etcd-settings.js';
import { GROUPS } from '../../server/settings/setting.js';
import type { Setting } from '../../server/settings/setting.js';
import { SETTINGS } from '../../server/settings/table.js';
import { runMember } from './serve/run-member.js';
import { addConfigFileOption } from '../settings/settings.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';

/** `raftkv serve` runs one member until a signal. */
export function serveCommand(streams: Streams): Command {
  const command = new Subcommand('serve').description('run a member of a cluster, or a single node');
  const sections = [...SETTINGS].sort((left, right) => GROUPS.indexOf(left.group) - GROUPS.indexOf(right.group));
  for (const setting of sections) {
    command.addOption(optionOf(setting, setting.flag).helpGroup(`${setting.group}:`));
    for (const alias of setting.aliases) {
      command.addOption(optionOf(setting, alias).helpGroup(`${setting.group}:`).hideHelp());
    }
  }
  for (const { flag, kind } of ETCD_SETTINGS) {
    const value = kind === 'boolean' ? '[bool]' : '<value>';
    command.addOption(new Option(`--${flag} ${value}`).hideHelp());
  }
  addConfigFileOption(command);
  command.notes(
    'Each setting is also read from the environment: --data-dir from RAFTKV_DATA_DIR, or else from ETCD_DATA_DIR.',
  );
  return command
    .example('raftkv serve --data-dir /var/lib/raftkv', 'a single node')
    .example('raftkv serve --config-file /etc/raftkv.yaml')
    .action(async (_options: unknown, self: Command) => runMember(streams, self));
}

function optionOf({ kind, placeholder, defaultText, help }: Setting, name: string): Option {
  const description = defaultText === undefined ? help : `${help} (default: ${defaultText})`;
  return new Option(kind === 'boolean' ? `--${name} [${placeholder}]` : `--${name} <${placeholder}>`, description);
}
