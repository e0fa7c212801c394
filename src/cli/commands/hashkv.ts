import type { Command } from 'commander';
import type { HashResult } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { askEach, CLUSTER_FLAG, endpointsToAsk, failIfAny, type MemberAnswer } from './endpoint/each-member.js';
import { field, headerFields } from '../output/fields.js';
import { headerJson } from '../output/json.js';
import { writeOutput } from '../output/output.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { renderTable } from '../output/table.js';
import { wholeNumber } from '../parsing/arguments.js';

interface HashFlags extends ClientFlags {
  readonly rev: number;
}

/** @param path the command as typed: `hashkv`, or etcdctl's `endpoint hashkv` */
export function hashKvCommand(streams: Streams, path = 'hashkv'): Command {
  return new Subcommand('hashkv')
    .description("print a hash of each member's data at a revision")
    .option('--rev <revision>', 'revision to hash; 0 for the newest', wholeNumber(0), 0)
    .option(...CLUSTER_FLAG)
    .notes(
      'Members with the same revision and the same compacted revision have the same hash, unless their data differ.',
    )
    .example(`raftkv ${path} --cluster --rev 100 -w table`)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<HashFlags>();
      await using client = await makeClient(flags, streams);
      const endpoints = await endpointsToAsk(command, client);
      const answers: MemberAnswer<HashResult>[] = [];
      for await (const answer of askEach(endpoints, (endpoint) => client.hashKv(endpoint, flags.rev))) {
        answers.push(answer);
      }
      await writeOutput(streams, flags.writeOut, {
        simple: () => answers.map((answer) => `${cells(answer).join(', ')}\n`).join(''),
        json: () => answers.map(toObject),
        fields: () => answers.flatMap(toFields),
        table: () => renderTable(['ENDPOINT', 'HASH'], answers.map(cells)),
      });
      failIfAny(answers);
    });
}

function cells(of: MemberAnswer<HashResult>): readonly string[] {
  return [of.endpoint, 'error' in of ? of.error : String(of.answer.hash)];
}

function toFields(of: MemberAnswer<HashResult>): readonly string[] {
  if ('error' in of) return [field('Endpoint', of.endpoint), field('Error', of.error), ''];
  const { header, hash } = of.answer;
  return [...headerFields(header), field('Endpoint', of.endpoint), field('Hash', hash), ''];
}

function toObject(of: MemberAnswer<HashResult>): object {
  if ('error' in of) return { Endpoint: of.endpoint, Error: of.error };
  const { header, hash, compactRevision, hashRevision } = of.answer;
  return {
    Endpoint: of.endpoint,
    HashKV: {
      header: headerJson(header),
      hash,
      compact_revision: compactRevision,
      hash_revision: hashRevision,
    },
  };
}
