import { isUtf8 } from 'node:buffer';
import type { Op } from '../../../client/index.js';
import { CommandError, write } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { readLines } from '../../transfer/lines.js';
import { parseCondition } from './conditions.js';
import type { Condition } from './index-conditions.js';
import { parseOperation, type Result } from './operations.js';

/** The longest line, in bytes: far more than a request may have. */
const LINE_BYTES_MAX = 1 << 28;

export interface TxnInput {
  readonly conditions: readonly Condition[];
  readonly success: readonly Op<Result>[];
  readonly failure: readonly Op<Result>[];
}

export interface InputOptions {
  /** Whether to print the name of each part before reading it. */
  readonly prompts: boolean;
  readonly hexInput: boolean;
}

/**
 * Reads a transaction in the form of etcdctl: three parts, each ended by an empty line. Input after them is not read.
 * @throws CommandError at the first invalid line, and if a part does not end: the input may be cut off
 */
export async function readTxn({ stdin, stdout }: Streams, { prompts, hexInput }: InputOptions): Promise<TxnInput> {
  const lines = linesOf(stdin);
  const readPart = async <T>(name: string, hint: string, parse: (line: string) => T): Promise<readonly T[]> => {
    if (prompts) await write(stdout, `${name}${hint}:\n`);
    const parsed: T[] = [];
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw new CommandError(`the input ended before the empty line after the ${name}`);
      const line = next.value.trim();
      if (line === '') return parsed;
      parsed.push(parse(line));
    }
  };
  const operation = (line: string): Op<Result> => parseOperation(line, hexInput);
  try {
    return {
      conditions: await readPart('compares', '', (line) => parseCondition(line, hexInput)),
      success: await readPart('success requests', ' (get, put, del)', operation),
      failure: await readPart('failure requests', ' (get, put, del)', operation),
    };
  } finally {
    await lines.return();
  }
}

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  for await (const lines of readLines(input, LINE_BYTES_MAX)) {
    for (const { number, bytes, start, end } of lines) {
      const line = bytes.subarray(start, end);
      if (!isUtf8(line)) {
        throw new CommandError(`line ${number} is not UTF-8: give such bytes with --hex-input, such as 01ff`);
      }
      yield line.toString();
    }
  }
}
