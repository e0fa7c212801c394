import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { parse } from 'yaml';
import { resolveConfig, SETTINGS, type RawSettings, type ServerConfig } from '../server/config.js';
import { startMember, type Member } from '../server/member.js';
import { ConfigError } from '../server/urls.js';
import { AssertionError } from '../util/assert.js';
import { createLogger } from './logger.js';
import { CommandError } from './streams.js';
import { variableOf } from './text.js';

/** Signals that ask for a clean stop. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Variables of the same beginning that are not settings of a server. */
const OTHER_VARIABLES = ['RAFTKV_CONFIG_FILE', 'RAFTKV_ENDPOINTS'] as const;

/** `raftkv serve`: one member, until a signal. */
export function serveCommand(): Command {
  const command = new Command('serve').description('run a member of a cluster, or a single node');
  for (const { flag, placeholder, fallback, help } of SETTINGS) {
    const shown = fallback === undefined ? help : `${help} (default: ${fallback})`;
    command.option(`--${flag} <${placeholder}>`, shown);
  }
  command.option('--config-file <file>', 'YAML or JSON with the same names; flags and environment win over it');
  command.addHelpText('after', '\nEach setting is also read from the environment: --data-dir from RAFTKV_DATA_DIR.');
  return command.action(async (_options: unknown, self: Command) => serve(self));
}

async function serve(command: Command): Promise<void> {
  const flags = flagsOf(command);
  const file = flags['config-file'] ?? process.env['RAFTKV_CONFIG_FILE'];
  const fromFile = file === undefined ? {} : await readConfigFile(file);
  delete flags['config-file'];
  const config = resolved({ ...fromFile, ...environment(process.env), ...flags });
  const logger = createLogger({ level: config.logLevel, format: config.logFormat });
  const member = await orOneLine(startMember(config, logger));
  logger.info('serving', {
    as: member.name,
    member: member.id,
    cluster: member.clusterId,
    clients: member.clientUrls.join(','),
    peers: member.peerUrls.join(','),
    dataDir: config.dataDir,
  });
  // Only now: a start that is refused says one thing.
  for (const name of unknownVariables(process.env)) logger.warn('no setting has this variable', { variable: name });
  await orOneLine(untilStopped(member));
  logger.info('stopped');
}

function resolved(raw: RawSettings): ServerConfig {
  try {
    return resolveConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

/** What keeps a member from running is for a person to read: one line. A bug keeps its stack. */
async function orOneLine<T>(running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
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

/** What was given on the command line, by flag name. */
function flagsOf(command: Command): Record<string, string> {
  const given: Record<string, string> = {};
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (typeof value === 'string' && option.long !== undefined) given[option.long.slice(2)] = value;
  }
  return given;
}

function environment(env: NodeJS.ProcessEnv): RawSettings {
  const found: Record<string, string> = {};
  for (const { flag } of SETTINGS) {
    const value = env[variableOf(flag)];
    if (value !== undefined && value !== '') found[flag] = value;
  }
  return found;
}

/** Variables that look like settings and are none: a typo must not go unnoticed. */
function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = new Set([...SETTINGS.map(({ flag }) => variableOf(flag)), ...OTHER_VARIABLES]);
  return Object.keys(env).filter((name) => name.startsWith('RAFTKV_') && !known.has(name));
}

async function readConfigFile(file: string): Promise<RawSettings> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`--config-file ${file} cannot be read: ${(error as Error).message}`);
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new CommandError(`--config-file ${file}: ${(error as Error).message.split('\n')[0]}`);
  }
  if (content === null) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new CommandError(`--config-file ${file}: NAME: VALUE lines are needed, as in "data-dir: raftkv.data"`);
  }
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => {
      if (typeof value === 'object') throw new CommandError(`--config-file ${file}: ${name} must be a single value`);
      return [name, String(value)];
    }),
  );
}
