import { Option, type Command } from 'commander';
import { parseGoBoolean } from '../../util/go-boolean.js';
import { variablesOf } from '../parsing/client-options.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';

const NO_DISCOVERY = 'the addresses of the members are given with --endpoints';

/** Options of etcdctl that raftkv lacks, with the reason. */
const ABSENT: Readonly<Record<string, string>> = {
  'insecure-discovery': NO_DISCOVERY,
  'discovery-srv': NO_DISCOVERY,
  'discovery-srv-name': NO_DISCOVERY,
  'auth-jwt-token': 'a client logs in with --user',
};

/** Adds hidden options of etcdctl that raftkv lacks, which are refused with the reason. */
export function addAbsentOptions(program: Command): void {
  for (const [name, reason] of Object.entries(ABSENT)) {
    program.addOption(new Option(`--${name} [value]`).hideHelp());
    program.on(`option:${name}`, () => {
      throw new CommandError(`--${name} is not supported: ${reason}`);
    });
  }
}

/**
 * Refuses the environment variables of the same options, which would otherwise be ignored: a script with
 * ETCDCTL_DISCOVERY_SRV expects other endpoints. @throws CommandError with the reason
 */
export function refuseAbsentVariables(variables: Streams['variables']): void {
  for (const [flag, reason] of Object.entries(ABSENT)) {
    for (const variable of variablesOf(flag)) {
      const text = variables[variable] ?? '';
      const isOff = flag === 'insecure-discovery' && parseGoBoolean(text) === false;
      if (text !== '' && !isOff) throw new CommandError(`${variable} is not supported: ${reason}`);
    }
  }
}
