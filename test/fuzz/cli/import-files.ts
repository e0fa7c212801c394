import { FormatError } from '../../../src/cli/transfer/format-error.js';
import { FORMATS } from '../../../src/cli/transfer/formats.js';
import type { Format, Pair } from '../../../src/cli/transfer/format.js';
import { LineTooLong, readLines } from '../../../src/cli/transfer/lines.js';
import type { Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, inPieces, pick, randomBytesOf, randomSize } from '../pick.js';

const BYTES = ['\t', '\n', '\r', '\\', '"', '\0', 'é', '😀', '\\x41', '{}', '\ud800'] as const;

function randomBytes(random: Random, least: number): Buffer {
  const parts = Array.from({ length: least + randomSize(random, 4) }, () =>
    chance(random, 0.5) ? Buffer.from(pick(random, BYTES)) : randomBytesOf(random, 1 + randomSize(random, 12)),
  );
  return Buffer.concat(parts);
}

const JSON_LINES = [
  '{"key":"a"}',
  '{"key":"a","value":"b"}',
  '{"key_base64":"AA==","value_base64":""}',
  '{"key":"a","key_base64":"AA=="}',
  '{"key":1}',
  '[]',
  'null',
  '{"value":"x"}',
  '{"key":"\\ud800"}',
  '{"__proto__":{"key":"x"}}',
  '{"key":"a","key":"b"}',
].map((line) => Buffer.from(line));

const INPUTS = 100;

/** Lines of import files: what is written is read, and what is accepted is read again from what is written of it. */
export function importLines(trial: Trial): void {
  const { random } = trial;
  for (const format of Object.values(FORMATS)) {
    const lines: Buffer[] = [];
    for (let count = 0; count < INPUTS / 2; count += 1) {
      const pair = { key: randomBytes(random, 1), value: randomBytes(random, 0) };
      const line = format.format(pair);
      check(line.at(-1) === 0x0a && line.indexOf(0x0a) === line.length - 1, 'a line with another line end');
      const content = line.subarray(0, -1);
      lines.push(content);
      check(sameAs(format.parse(content), pair), `${line.toString('latin1')}: another pair`);
      trial.count(1);
      trial.feed(
        mutated(random, chance(random, 0.2) ? pick(random, JSON_LINES as [Buffer]) : content, lines),
        (bytes) => checkLine(format, bytes),
      );
    }
  }
}

function checkLine(format: Format, bytes: Buffer): void {
  const pair = parsed(format, bytes);
  const around = Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]);
  const inside = parsed(format, around, 1, around.length - 1);
  check(JSON.stringify(pair) === JSON.stringify(inside), 'another pair within a larger buffer');
  if (typeof pair === 'string' || pair === undefined) return;
  check(pair.key.length > 0, 'an empty key');
  const line = format.format(pair);
  check(sameAs(format.parse(line.subarray(0, -1)), pair), `${line.toString('latin1')}: another pair`);
}

function parsed(format: Format, bytes: Buffer, start?: number, end?: number): Pair | string | undefined {
  try {
    return format.parse(bytes, start, end);
  } catch (error) {
    check(error instanceof FormatError, error instanceof Error ? String(error.stack) : String(error));
    return String(error);
  }
}

function sameAs(left: Pair | undefined, { key, value }: Pair): boolean {
  return left !== undefined && left.key.equals(key) && left.value.equals(value);
}

const LINE_BYTES_MAX = 50;

/** Files of lines in any pieces: each line as it is, whatever the pieces, up to the first that is too long. */
export async function importFiles(trial: Trial): Promise<void> {
  const { random } = trial;
  for (let count = 0; count < 20; count += 1) {
    const lines = Array.from(
      { length: randomSize(random, 12) },
      () => 'x'.repeat(randomSize(random, 70)) + pick(random, ['\n', '\r\n', '\r', '\n\n', '']),
    );
    const text = lines.join('');
    const pieces = [...inPieces(random, Buffer.from(text))];
    await trial.feedSlowly(text, async () => {
      const wanted = text.split('\n');
      const last = wanted.pop() ?? '';
      const ends = wanted.map((line) => line.replace(/\r$/, ''));
      if (last !== '') ends.push(last.replace(/\r$/, ''));
      const seen: string[] = [];
      let bytes = 0;
      try {
        for await (const found of readLines(chunks(pieces), LINE_BYTES_MAX)) {
          for (const { bytes: source, start, end, number, fileBytes } of found) {
            seen.push(source.toString('latin1', start, end));
            check(number === seen.length, `line ${number}`);
            bytes += fileBytes;
          }
        }
        check(
          seen.join('\n') === ends.join('\n') && seen.length === ends.length,
          `${seen.length} of ${ends.length} lines`,
        );
        check(bytes === text.length, `${bytes} of ${text.length} bytes`);
      } catch (error) {
        check(error instanceof LineTooLong, String(error));
        check(
          ends.some((line) => line.length > LINE_BYTES_MAX - 2),
          'no line is too long',
        );
        check(
          seen.every((line, at) => line === ends[at]),
          'other lines',
        );
      }
    });
  }
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* chunks(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}
