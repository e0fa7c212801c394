import { Command } from 'commander';
import type { HashResult } from '../client/index.js';
import { assertNever } from '../util/assert.js';
import { makeClient } from './client-options.js';
import type { ClientFlags, OutputFormat } from './client-options.js';
import { askEach, CLUSTER_FLAG, endpointsToAsk, failIfAny, type MemberAnswer } from './each-member.js';
import { headerJson } from './json.js';
import { write } from './streams.js';
import type { Streams } from './streams.js';
import { renderTable } from './table.js';
import { toJson, wholeNumber } from './text.js';

interface HashFlags extends ClientFlags {
  readonly rev: number;
}

export function hashKvCommand(streams: Streams): Command {
  return new Command('hashkv')
    .description("the hash of each member's state: the same wherever revision and compacted revision are")
    .option('--rev <revision>', 'hash the state as of this revision; 0 for the newest', wholeNumber(0), 0)
    .option(...CLUSTER_FLAG)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<HashFlags>();
      await using client = makeClient(flags);
      const endpoints = await endpointsToAsk(command, client);
      const answers: MemberAnswer<HashResult>[] = [];
      for await (const answer of askEach(endpoints, (endpoint) => client.hashKv(endpoint, flags.rev)))
        answers.push(answer);
      await write(streams.stdout, render(answers, flags.writeOut));
      failIfAny(answers.filter((answer) => 'error' in answer).length, answers.length);
    });
}

function render(answers: readonly MemberAnswer<HashResult>[], format: OutputFormat): string {
  const cells = (of: MemberAnswer<HashResult>): readonly string[] => [
    of.endpoint,
    'error' in of ? of.error : String(of.answer.hash),
  ];
  switch (format) {
    case 'json':
      return `${toJson(answers.map(toObject))}\n`;
    case 'table':
      return renderTable(['ENDPOINT', 'HASH'], answers.map(cells));
    case 'simple':
      return answers.map((answer) => `${cells(answer).join(', ')}\n`).join('');
    default:
      return assertNever(format, 'output format');
  }
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
