import { Command, Option } from 'commander';
import type { Setting } from '../server/startup/settings/setting.js';
import { SETTINGS } from '../server/startup/settings/table.js';
import { startMember, type Member } from '../server/member.js';
import { ConfigError } from '../server/startup/urls.js';
import { AssertionError } from '../util/assert.js';
import { createLogger } from './logger.js';
import { addConfigFileOption, configOf, readSettings, refused, unknownVariables } from './settings.js';
import type { GivenSettings } from './settings.js';
import { CommandError } from './streams.js';
import type { Streams } from './streams.js';

/** Signals that ask for a clean stop. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** `raftkv serve`: one member, until a signal. */
export function serveCommand(streams: Streams): Command {
  const command = new Command('serve').description('run a member of a cluster, or a single node');
  for (const setting of SETTINGS) {
    command.addOption(optionOf(setting, setting.flag));
    for (const alias of setting.aliases) command.addOption(optionOf(setting, alias).hideHelp());
  }
  addConfigFileOption(command);
  command.addHelpText('after', '\nEach setting is also read from the environment: --data-dir from RAFTKV_DATA_DIR.');
  return command.action(async (_options: unknown, self: Command) => serve(streams, self));
}

function optionOf({ kind, placeholder, defaultText, help }: Setting, name: string): Option {
  const description = defaultText === undefined ? help : `${help} (default: ${defaultText})`;
  // A boolean flag without a value means true, as in Go.
  if (kind === 'boolean') return new Option(`--${name} [${placeholder}]`, description).preset('true');
  return new Option(`--${name} <${placeholder}>`, description);
}

async function serve(streams: Streams, command: Command): Promise<void> {
  const settings = await readSettings(command, streams.variables);
  const config = configOf(settings);
  const logger = createLogger({ level: config.logLevel, format: config.logFormat });
  const member = await orOneLine(startMember(config, logger), settings);
  logger.info('serving', {
    as: member.name,
    member: member.id,
    cluster: member.clusterId,
    clients: member.clientUrls.join(','),
    peers: member.peerUrls.join(','),
    dataDir: config.dataDir,
  });
  // Only now: a start that is refused says one thing.
  for (const name of unknownVariables(streams.variables))
    logger.warn('no setting has this variable', { variable: name });
  await orOneLine(untilStopped(member), settings);
  logger.info('stopped');
}

/** What keeps a member from running is for a person to read: one line. A bug keeps its stack. */
async function orOneLine<T>(running: Promise<T>, { places }: GivenSettings): Promise<T> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof ConfigError) throw refused(error, places);
    if (error instanceof AssertionError || !(error instanceof Error)) throw error;
    throw new CommandError(error.message.replaceAll('\n', ' '), { cause: error });
  }
}

/** Runs until a signal or a failure. A second signal does not wait for calls that hang. */
async function untilStopped(member: Member): Promise<void> {
  let asked = 0;
  const onSignal = (): void => {
    asked++;
    if (asked === 1) void member.stop().catch(() => undefined);
    else if (asked === 3) process.exit(1);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  try {
    await member.closed;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  }
}
