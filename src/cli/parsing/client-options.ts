import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { Client } from '../../client/index.js';
import type { CallAttempt, ClientOptions, Consistency } from '../../client/index.js';
import { OUTPUT_FORMATS } from '../output/output.js';
import type { OutputFormat } from '../output/output.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { parseGoBoolean } from '../../util/go-boolean.js';
import { parseDuration } from './arguments.js';
import { securityOf, securityOptions } from './security-flags.js';
import type { FlagPrefix, SecurityFlags } from './security-flags.js';

/**
 * The client ports of the cluster that `make cluster` runs. A single server listens on the first of them. A port without
 * a listener costs one refused connection.
 */
export const LOCAL_CLUSTER = '127.0.0.1:2379,127.0.0.1:22379,127.0.0.1:32379';

/** Default of --command-timeout, in ms. */
const COMMAND_TIMEOUT_MS = 5000;
/** Default of --dial-timeout, in ms. */
const DIAL_TIMEOUT_MS = 1000;

/** The flags of every command that calls a cluster. */
export interface ClientFlags extends SecurityFlags {
  readonly endpoints: string;
  readonly consistency: Consistency;
  readonly writeOut: OutputFormat;
  /** Milliseconds. */
  readonly commandTimeout: number;
  /** The older name of `commandTimeout`. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly dialTimeout: number;
  readonly debug: boolean;
  readonly hex: boolean;
  readonly hexInput: boolean;
}

/** The options, in the order of the help. Created for each program, because commander keeps state in them. */
export function clientOptions(): readonly Option[] {
  return [
    new Option('--endpoints <list>', 'addresses of cluster members, separated by commas').default(
      LOCAL_CLUSTER,
      'the ports of the local cluster: 127.0.0.1:2379, :22379, :32379',
    ),
    ...securityOptions(),
    new Option('--consistency <level>', "read level: default, consistent or stale (or etcdctl's l and s)")
      .argParser(parseConsistency)
      .default('default'),
    new Option('-w, --write-out <format>', 'output format').choices(OUTPUT_FORMATS).default('simple'),
    new Option('--command-timeout <duration>', 'time limit of one call, such as 500ms or 5s')
      .argParser(parseDuration)
      .default(COMMAND_TIMEOUT_MS, '5s'),
    new Option('--timeout <duration>', 'the same as --command-timeout').argParser(parseDuration),
    new Option('--dial-timeout <duration>', 'time limit of connecting to the cluster')
      .argParser(parseDuration)
      .default(DIAL_TIMEOUT_MS, '1s'),
    // No default here: the help would show "(default: false)".
    new Option('--debug', 'log every call to standard error'),
    new Option('--hex', 'print keys and values as hex'),
    new Option('--hex-input', 'read keys and values on the command line as hex, such as 01ff'),
  ];
}

/** Adds the flags to the program, so that they are accepted before and after the command's name. */
export function addClientFlags(program: Command, variables: Streams['variables']): void {
  for (const option of clientOptions()) {
    program.addOption(option);
    if (option.isBoolean()) {
      program.setOptionValueWithSource(option.attributeName(), option.defaultValue === true, 'default');
    }
    readVariable(program, option, variables);
  }
}

/** Names of the environment variables that set a flag, the first one wins. */
export function variablesOf(flag: string): readonly [own: string, etcdctl: string] {
  const name = flag.toUpperCase().replaceAll('-', '_');
  return [`RAFTKV_${name}`, `ETCDCTL_${name}`];
}

/** Every environment variable of this program that sets a client flag. */
export function clientVariables(): readonly string[] {
  return clientOptions().map(({ long }) => variablesOf(longName(long))[0]);
}

function longName(long: string | null | undefined): string {
  return (long ?? '').slice(2);
}

/** @throws CommandError where the variable has a value that the flag does not take */
function readVariable(program: Command, option: Option, variables: Streams['variables']): void {
  const name = variablesOf(longName(option.long)).find((candidate) => (variables[candidate] ?? '') !== '');
  const text = name === undefined ? undefined : variables[name];
  if (name === undefined || text === undefined) return;
  try {
    const value: unknown = option.isBoolean()
      ? parseBoolean(text)
      : (option.parseArg?.(text, undefined as never) ?? text);
    program.setOptionValueWithSource(option.attributeName(), value, 'env');
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new CommandError(`${name}=${text} is invalid. ${error.message}`, { cause: error });
  }
}

function parseBoolean(text: string): boolean {
  const value = parseGoBoolean(text);
  if (value === undefined) throw new InvalidArgumentError('Allowed choices are true, false.');
  return value;
}

/** Whether the user named the endpoints, on the command line or in the environment. */
export function endpointsGiven(command: Command): boolean {
  return isGiven(command, 'endpoints');
}

/** Whether the user set the time limit of a call, under either name. */
export function timeoutGiven(command: Command): boolean {
  return isGiven(command, 'commandTimeout') || isGiven(command, 'timeout');
}

function isGiven(command: Command, option: string): boolean {
  const source = command.getOptionValueSourceWithGlobals(option);
  return source !== undefined && source !== 'default';
}

/** The time limit of one call, in ms. */
export function timeoutOf({ timeout, commandTimeout }: ClientFlags): number {
  return timeout ?? commandTimeout;
}

/**
 * A client with the settings of the flags. Asks for the password if only a user is given.
 * @param prefix how the flags begin in messages
 * @throws CommandError, RaftKvError
 */
export async function makeClient(
  flags: ClientFlags,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
  prefix?: FlagPrefix,
  own: Pick<ClientOptions, 'sessions'> = {},
): Promise<Client> {
  const timeoutMs = timeoutOf(flags);
  const dialMs = Math.min(timeoutMs, flags.dialTimeout);
  return new Client({
    // A command that writes once has no use for a session, which would cost it a call.
    sessions: false,
    ...(await securityOf(flags, streams, prefix)),
    ...own,
    consistency: flags.consistency,
    timeoutMs,
    connectTimeoutMs: dialMs,
    unreachableMs: dialMs,
    ...(flags.debug ? { onAttempt: (attempt: CallAttempt) => void streams.stderr.write(debugLine(attempt)) } : {}),
  });
}

/** One line of --debug. */
function debugLine({ endpoint, method, tookMs, error }: CallAttempt): string {
  return `debug: ${method} at ${endpoint} took ${tookMs.toFixed(1)}ms: ${error?.message ?? 'ok'}\n`;
}

function parseConsistency(text: string): Consistency {
  switch (text) {
    case 'default':
    case 'consistent':
    case 'stale':
      return text;
    case 'l':
      return 'consistent';
    case 's':
      return 'stale';
    default:
      throw new InvalidArgumentError('Allowed choices are default, consistent, stale.');
  }
}
