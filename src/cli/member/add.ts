import { Command } from 'commander';
import type { MemberAddResult } from '../../client/index.js';
import { makeClient } from '../client-options.js';
import type { ClientFlags } from '../client-options.js';
import type { Streams } from '../streams.js';
import { variableOf } from '../text.js';
import { changeLine, writeMembers } from './output.js';
import { namingTheMissing } from './unhealthy.js';

interface AddFlags extends ClientFlags {
  readonly peerUrls: string;
  readonly learner?: boolean;
}

export function addCommand(streams: Streams): Command {
  return new Command('add')
    .description('add a member, and print the settings to start it with')
    .argument('<name>', 'the name that it will be started with')
    .requiredOption('--peer-urls <urls>', 'where the members will reach it, separated by commas')
    .option('--learner', 'it listens, and does not vote until it is promoted')
    .action(async (name: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<AddFlags>();
      await using client = makeClient(flags);
      const member = { peerUrls: flags.peerUrls.split(','), isLearner: flags.learner ?? false };
      const result = await namingTheMissing(client, () => client.memberAdd(member));
      const added = changeLine(result.member.id, { done: 'added to', header: result.header });
      await writeMembers(streams, flags.writeOut, { result, simple: `${added}\n${settings(name, result)}` });
    });
}

/** What the member is started with, as variables that a shell reads. */
function settings(name: string, { member, members }: MemberAddResult): string {
  // A member that has not been started has no name yet, and nothing to tell a newcomer.
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
