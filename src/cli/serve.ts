import { Command, Option } from 'commander';
import { ETCD_SETTINGS } from '../server/startup/settings/etcd-settings.js';
import type { Setting } from '../server/startup/settings/setting.js';
import { SETTINGS } from '../server/startup/settings/table.js';
import { runMember } from './serve/run-member.js';
import { addConfigFileOption } from './settings.js';
import type { Streams } from './streams.js';

/** `raftkv serve`: one member, until a signal. */
export function serveCommand(streams: Streams): Command {
  const command = new Command('serve').description('run a member of a cluster, or a single node');
  for (const setting of SETTINGS) {
    command.addOption(optionOf(setting, setting.flag));
    for (const alias of setting.aliases) command.addOption(optionOf(setting, alias).hideHelp());
  }
  for (const { flag, kind } of ETCD_SETTINGS) {
    const value = kind === 'boolean' ? '[bool]' : '<value>';
    const option = new Option(`--${flag} ${value}`).hideHelp();
    command.addOption(kind === 'boolean' ? option.preset('true') : option);
  }
  addConfigFileOption(command);
  command.addHelpText(
    'after',
    '\nEach setting is also read from the environment: --data-dir from RAFTKV_DATA_DIR, or else from ETCD_DATA_DIR.',
  );
  return command.action(async (_options: unknown, self: Command) => runMember(streams, self));
}

function optionOf({ kind, placeholder, defaultText, help }: Setting, name: string): Option {
  const description = defaultText === undefined ? help : `${help} (default: ${defaultText})`;
  // A boolean flag without a value means true, as in Go.
  if (kind === 'boolean') return new Option(`--${name} [${placeholder}]`, description).preset('true');
  return new Option(`--${name} <${placeholder}>`, description);
}
