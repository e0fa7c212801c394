import { expect } from 'chai';
import * as fc from 'fast-check';
import { FORMATS } from '../../src/cli/transfer/formats.js';
import { LineTooLong, readLines } from '../../src/cli/transfer/lines.js';
import type { Line } from '../../src/cli/transfer/lines.js';

// Bytes that are special in one of the formats, with a higher probability.
const awkward = fc.constantFrom(0x00, 0x09, 0x0a, 0x0d, 0x22, 0x5c, 0x6e, 0x72, 0x74, 0x78, 0x7b, 0xc3, 0xa4, 0xff);
const bytes = (minLength: number) =>
  fc
    .array(fc.oneof(awkward, fc.integer({ min: 0, max: 255 })), { minLength, maxLength: 30 })
    .map((values) => Buffer.from(values));

describe('import and export formats', () => {
  for (const [name, format] of Object.entries(FORMATS)) {
    it(`${name} brings back any keys and values, whatever the chunks of the file`, async () => {
      const pairs = fc.array(fc.record({ key: bytes(1), value: bytes(0) }), { maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(pairs, fc.integer({ min: 1, max: 40 }), async (written, chunkBytes) => {
          const file = Buffer.concat(written.map((pair) => format.format(pair)));
          const read = (await linesOf(file, chunkBytes)).map((line) => format.parse(line.bytes, line.start, line.end));
          expect(read).to.deep.equal(written);
        }),
      );
    });
  }

  it('reads hand-written files', () => {
    const tsv = (text: string) => textOf(FORMATS.tsv.parse(Buffer.from(text)));
    expect(tsv('word')).to.deep.equal(['word', '']);
    expect(tsv('key\tone\ttwo')).to.deep.equal(['key', 'one\ttwo']);
    expect(tsv('a\\x41\\\\\tb\\t\\n\\r')).to.deep.equal(['aA\\', 'b\t\n\r']);
    expect(tsv('')).to.equal(undefined);
    const json = (text: string) => textOf(FORMATS.jsonl.parse(Buffer.from(text)));
    expect(json('{"key":"ä","value":"\\n"}')).to.deep.equal(['ä', '\n']);
    expect(json('{"key_base64":"YQ=="}')).to.deep.equal(['a', '']);
  });

  it('reports the error in a line', () => {
    const cases = [
      ['tsv', '\tvalue', 'the key is empty'],
      ['tsv', 'a\\', '"\\" is not an escape'],
      ['tsv', 'a\\xg0', '"\\x" is not an escape'],
      ['jsonl', '{"key":1}', '"key" is not a string'],
      ['jsonl', '{"value":"v"}', '"key" is missing'],
      ['jsonl', '{"key":"a","lease":1}', 'unknown field "lease"'],
      ['jsonl', '{"key":"a","key_base64":"YQ=="}', 'both "key" and "key_base64"'],
      ['jsonl', '{"key_base64":"a"}', '"key_base64" is not base64'],
      ['jsonl', '{"key":"\\ud800"}', 'half of a surrogate pair'],
      ['jsonl', '["a"]', 'not a JSON object'],
      ['jsonl', 'a', 'not JSON'],
    ] as const;
    for (const [format, line, message] of cases) {
      expect(() => FORMATS[format].parse(Buffer.from(line)), line).to.throw(message);
    }
    expect(() => FORMATS.jsonl.parse(Buffer.from([0x22, 0xff, 0x22]))).to.throw('not UTF-8');
  });

  it('numbers lines, and refuses one without end', async () => {
    const numbered = [];
    for await (const lines of readLines(chunks(Buffer.from('a\r\nb\n\nc'), 2), 100)) numbered.push(...lines);
    expect(numbered.map((line) => [line.number, contentOf(line), line.fileBytes])).to.deep.equal([
      [1, 'a', 3],
      [2, 'b', 2],
      [3, '', 1],
      [4, 'c', 1],
    ]);
    let error: unknown;
    try {
      for await (const lines of readLines(chunks(Buffer.from(`a\n${'b'.repeat(50)}`), 8), 20)) void lines;
    } catch (caught) {
      error = caught;
    }
    expect(error).to.be.instanceOf(LineTooLong).with.property('lineNumber', 2);
  });
});

function contentOf({ bytes: whole, start, end }: Line): string {
  return whole.toString('utf8', start, end);
}

async function linesOf(file: Buffer, chunkBytes: number): Promise<Line[]> {
  const found: Line[] = [];
  for await (const lines of readLines(chunks(file, chunkBytes), 1000)) found.push(...lines);
  return found;
}

async function* chunks(file: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.length; at += chunkBytes) yield await Promise.resolve(file.subarray(at, at + chunkBytes));
}

function textOf(pair: { readonly key: Buffer; readonly value: Buffer } | undefined) {
  return pair === undefined ? undefined : [pair.key.toString(), pair.value.toString()];
}
