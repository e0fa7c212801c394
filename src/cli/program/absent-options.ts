import { Option, type Command } from 'commander';
import { variablesOf } from '../parsing/client-options.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';

const NO_TLS = 'raftkv has no TLS yet';
const NO_AUTHENTICATION = 'raftkv has no users or passwords yet';
const NO_DISCOVERY = 'the addresses of the members are given with --endpoints';

/** Options of etcdctl that raftkv lacks, with the reason. */
const ABSENT: Readonly<Record<string, string>> = {
  cacert: NO_TLS,
  cert: NO_TLS,
  key: NO_TLS,
  'insecure-skip-tls-verify': NO_TLS,
  'insecure-discovery': NO_DISCOVERY,
  'discovery-srv': NO_DISCOVERY,
  'discovery-srv-name': NO_DISCOVERY,
  user: NO_AUTHENTICATION,
  password: NO_AUTHENTICATION,
  'auth-jwt-token': NO_AUTHENTICATION,
};

/**
 * Adds hidden options of etcdctl. Those that raftkv lacks are refused with the reason. --insecure-transport is accepted:
 * it is etcdctl's default, and asks for what raftkv does.
 */
export function addAbsentOptions(program: Command): void {
  for (const [name, reason] of Object.entries(ABSENT)) addRefused(program, { name, reason, value: ' [value]' });
  // Go's parser takes a value of a boolean only after "=". An option with an optional value would take the next word.
  program.addOption(new Option('--insecure-transport').hideHelp());
  program.addOption(new Option('--insecure-transport=true').hideHelp());
  addRefused(program, { name: 'insecure-transport=false', reason: NO_TLS, value: '' });
}

/**
 * Refuses the environment variables of the same options, which would otherwise be ignored: a script with ETCDCTL_CACERT
 * expects TLS. @throws CommandError with the reason
 */
export function refuseAbsentVariables(variables: Streams['variables']): void {
  for (const [flag, reason] of Object.entries({ ...ABSENT, 'insecure-transport': NO_TLS })) {
    for (const variable of variablesOf(flag)) {
      const text = variables[variable] ?? '';
      const isAsked = flag === 'insecure-transport' ? isFalse(text) : text !== '' && !(isSwitch(flag) && isFalse(text));
      if (isAsked) throw new CommandError(`${variable} is not supported: ${reason}`);
    }
  }
}

function isSwitch(flag: string): boolean {
  return flag.startsWith('insecure-');
}

function isFalse(text: string): boolean {
  return /^(?:false|0|f)$/i.test(text);
}

function addRefused(
  program: Command,
  { name, reason, value }: { readonly name: string; readonly reason: string; readonly value: string },
): void {
  program.addOption(new Option(`--${name}${value}`).hideHelp());
  program.on(`option:${name}`, () => {
    throw new CommandError(`--${name} is not supported: ${reason}`);
  });
}
