import type { Command } from 'commander';
import type { MemberAddResult } from '../../../client/index.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { variableOf } from '../../settings/variables.js';
import { changeLine, writeMembers } from './output.js';
import { explainUnhealthy } from './unhealthy.js';

interface AddFlags extends ClientFlags {
  readonly peerUrls: string;
  readonly learner?: boolean;
}

export function addCommand(streams: Streams): Command {
  return new Subcommand('add')
    .description('add a member, and print the settings to start it with')
    .argument('<name>', 'name of the new member')
    .requiredOption('--peer-urls <urls>', 'peer URLs of the new member, separated by commas')
    .option('--learner', 'add it as a learner, which does not vote until it is promoted')
    .example('raftkv member add node4 --peer-urls http://10.0.0.4:2380 --learner')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<AddFlags>();
      await using client = await makeClient(flags, streams);
      const member = { peerUrls: flags.peerUrls.split(','), isLearner: flags.learner ?? false };
      const result = await explainUnhealthy(client, () => client.memberAdd(member));
      const added = changeLine(result.member.id, { done: 'added to', header: result.header });
      await writeMembers(streams, flags, { result, simple: `${added}\n${settings(name, result)}` });
    });
}

/** The settings of the new member, as variables in shell syntax. */
function settings(name: string, { member, members }: MemberAddResult): string {
  // A member that has not started has no name, which an entry of initial-cluster needs.
  const others = members.filter((other) => other.id !== member.id && other.name !== '');
  const cluster = [{ ...member, name }, ...others].flatMap((each) => each.peerUrls.map((url) => `${each.name}=${url}`));
  const values: readonly (readonly [string, string])[] = [
    ['name', name],
    ['initial-cluster', cluster.join(',')],
    ['initial-advertise-peer-urls', member.peerUrls.join(',')],
    ['initial-cluster-state', 'existing'],
  ];
  return values.map(([flag, value]) => `${variableOf(flag)}="${value}"\n`).join('');
}
