import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { txn } from '../client/index.js';
import { assertNever } from '../util/assert.js';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { headerJson, keyValueJson } from './json.js';
import { simpleLines } from './print.js';
import { CommandError, write } from './streams.js';
import type { Streams } from './streams.js';
import { toJson } from './text.js';
import { parseCondition } from './txn/conditions.js';
import { parseOperation, type Result } from './txn/operations.js';

interface TxnFlags extends ClientFlags {
  readonly interactive?: boolean;
}

/** What is read, in this order, each ended by an empty line; the last one by the end of the input too. */
const PARTS = ['compares:', 'success requests (get, put, del):', 'failure requests (get, put, del):'] as const;

export function txnCommand(streams: Streams): Command {
  return new Command('txn')
    .description('read a transaction from stdin: conditions, what to do if all hold, what to do otherwise')
    .option('-i, --interactive', 'say what comes next')
    .addHelpText('after', HELP)
    .action(async (_own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<TxnFlags>();
      if (flags.writeOut === 'table')
        throw new CommandError('a transaction is printed as simple or json, not as a table');
      const [conditions, success, failure] = await readParts(streams, flags.interactive ?? false);
      const transaction = txn()
        .when(...conditions.map((line) => parseCondition(line, flags.hex)))
        .do(...success.map((line) => parseOperation(line, flags.hex)))
        .otherwise(...failure.map((line) => parseOperation(line, flags.hex)));
      await using client = makeClient(flags);
      const { succeeded, results, header } = await client.txn(transaction);
      if (flags.writeOut === 'json') {
        const responses = results.length === 0 ? undefined : results.map(resultJson);
        await write(
          streams.stdout,
          `${toJson({ header: headerJson(header), succeeded: succeeded || undefined, responses })}\n`,
        );
        return;
      }
      await write(streams.stdout, `${succeeded ? 'SUCCESS' : 'FAILURE'}\n`);
      for (const result of results)
        await write(streams.stdout, Buffer.concat([Buffer.from('\n'), lines(result, flags.hex)]));
    });
}

const HELP = `
Three parts, each ended by an empty line: conditions, what is done if all of them hold, and what is done otherwise.

  mod("key") > "0"             also version, create, value, lease; = != < >
  value("other") = "text"

  put key "a new value"        with the flags of put, get and del
  get other

  get --prefix ke
`;

type Parts = readonly [readonly string[], readonly string[], readonly string[]];

async function readParts(streams: Streams, prompts: boolean): Promise<Parts> {
  const parts: [string[], string[], string[]] = [[], [], []];
  let at = 0;
  if (prompts) await write(streams.stdout, `${PARTS[0]}\n`);
  for await (const line of createInterface({ input: streams.stdin })) {
    if (line.trim() !== '') {
      parts[at]?.push(line);
      continue;
    }
    at += 1;
    const next = PARTS[at];
    if (next === undefined) break;
    if (prompts) await write(streams.stdout, `\n${next}\n`);
  }
  if (at < PARTS.length - 1)
    throw new CommandError('the input ended before its third part: conditions, success, failure');
  if (prompts) await write(streams.stdout, '\n');
  return parts;
}

function lines(result: Result, hex: boolean): Buffer {
  const print = { hex, parts: 'both' } as const;
  switch (result.kind) {
    case 'range':
      return simpleLines(result.body.kvs, print);
    case 'put':
      return Buffer.concat([
        Buffer.from('OK\n'),
        simpleLines(result.body.prevKv === undefined ? [] : [result.body.prevKv], print),
      ]);
    case 'delete':
      return Buffer.concat([Buffer.from(`${result.body.deleted}\n`), simpleLines(result.body.prevKvs, print)]);
    default:
      return assertNever(result);
  }
}

/** By their names in Go, as etcdctl writes them, but without the headers within. */
function resultJson(result: Result): object {
  switch (result.kind) {
    case 'range': {
      const { kvs, more, count } = result.body;
      const found = kvs.length === 0 ? undefined : kvs.map(keyValueJson);
      return {
        Response: { ResponseRange: { kvs: found, more: more || undefined, count: count === 0 ? undefined : count } },
      };
    }
    case 'put': {
      const { prevKv } = result.body;
      return { Response: { ResponsePut: { prev_kv: prevKv === undefined ? undefined : keyValueJson(prevKv) } } };
    }
    case 'delete': {
      const { deleted, prevKvs } = result.body;
      const held = prevKvs.length === 0 ? undefined : prevKvs.map(keyValueJson);
      return { Response: { ResponseDeleteRange: { deleted: deleted === 0 ? undefined : deleted, prev_kvs: held } } };
    }
    default:
      return assertNever(result);
  }
}
