import { ConnectionError, ErrorCode } from '../../../src/rpc/http2/errors.js';
import type { Field } from '../../../src/rpc/http2/dynamic-table.js';
import { FrameReader } from '../../../src/rpc/http2/frame-reader.js';
import { FRAME_BYTES_MAX, PREFACE } from '../../../src/rpc/http2/frames.js';
import { HpackEncoder } from '../../../src/rpc/http2/hpack-encoder.js';
import { HpackDecoder } from '../../../src/rpc/http2/hpack-decoder.js';
import { huffmanDecode, huffmanEncode, huffmanLength } from '../../../src/rpc/http2/huffman.js';
import { areTrailers, requestHead } from '../../../src/rpc/http2/request-head.js';
import { applySettings, initialPeerSettings } from '../../../src/rpc/http2/settings.js';
import { grpcHead } from '../../../src/rpc/native/grpc-head.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, inPieces, pick, randomBytesOf, randomSize } from '../pick.js';

const LIST_BYTES_MAX = 4_000;
const INPUTS = 100;

const FIELDS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  [':method', 'POST'],
  [':method', 'GET'],
  [':method', 'CONNECT'],
  [':scheme', 'http'],
  [':path', '/etcdserverpb.KV/Put'],
  [':authority', 'localhost:2379'],
  [':status', '200'],
  ['content-type', 'application/grpc'],
  ['content-type', 'application/grpc+proto'],
  ['content-type', 'text/html'],
  ['te', 'trailers'],
  ['te', 'gzip'],
  ['grpc-timeout', '10S'],
  ['grpc-timeout', '99999999H'],
  ['grpc-timeout', '1x'],
  ['grpc-encoding', 'gzip'],
  ['grpc-encoding', 'br'],
  ['content-length', '17'],
  ['content-length', '-1'],
  ['connection', 'close'],
  ['token', 'abc.1'],
  ['X-Upper', 'x'],
  ['', ''],
  ['x-bin', ' \u00ff'],
  ['x-line', 'a\nb'],
];

/** Fields of a request, mostly in an order that is accepted. */
function randomFields(random: Random): (readonly [string, string])[] {
  const usual = [FIELDS[0], FIELDS[3] ?? FIELDS[0], FIELDS[4] ?? FIELDS[0], FIELDS[7] ?? FIELDS[0]];
  const fields = chance(random, 0.7) ? usual : [];
  for (let count = randomSize(random, 6); count > 0; count -= 1) fields.push(pick(random, FIELDS));
  return fields;
}

function encoded(fields: readonly (readonly [string, string])[], random: Random): Buffer {
  return Buffer.from(
    new HpackEncoder().encode(fields.map(([name, value]) => ({ name, value, repeats: chance(random, 0.5) }))),
  );
}

/** Header blocks, some changed: an error of compression at worst; what is read is within the bound, and is read again as it is written. */
export function headerBytes(trial: Trial): void {
  const { random } = trial;
  const blocks: Buffer[] = [];
  for (let count = 0; count < INPUTS; count += 1) {
    const valid = encoded(randomFields(random), random);
    blocks.push(valid);
    const bytes = chance(random, 0.2)
      ? valid
      : chance(random, 0.1)
        ? randomBytesOf(random, randomSize(random, 100))
        : mutated(random, valid, blocks);
    trial.feed(bytes, checkBlock);
  }
}

function checkBlock(bytes: Buffer): void {
  const decoder = new HpackDecoder({ tableBytesMax: 4096, listBytesMax: LIST_BYTES_MAX });
  let list;
  try {
    list = decoder.decode(bytes);
  } catch (error) {
    check(error instanceof ConnectionError && error.code === ErrorCode.COMPRESSION_ERROR, String(error));
    return;
  }
  const bytesOf = list.fields.reduce((sum, { name, value }) => sum + name.length + value.length + 32, 0);
  check(bytesOf <= LIST_BYTES_MAX, `${bytesOf} bytes of fields`);
  const text = textOf(list.fields);
  const again = new HpackEncoder().encode(list.fields.map(({ name, value }) => ({ name, value, repeats: true })));
  const reader = new HpackDecoder({ tableBytesMax: 4096, listBytesMax: 100_000 });
  check(textOf(reader.decode(Buffer.from(again)).fields) === text, 'other fields after writing');
  const head = requestHead(list);
  const trailers = areTrailers(list.fields);
  if (head === undefined) return;
  check(
    !trailers && head.method !== '' && list.fields.every(({ kind }) => kind !== 'malformed'),
    'a malformed request is accepted',
  );
  const names = list.fields.map(({ name }) => name);
  check(
    names.every((name) => name === name.toLowerCase()) &&
      new Set(names.filter((name) => name.startsWith(':'))).size ===
        names.filter((name) => name.startsWith(':')).length,
    names.join(),
  );
  const { timeoutMs, problem } = grpcHead(head);
  check(timeoutMs === undefined || (timeoutMs >= 0 && timeoutMs < 1e15), `a time of ${timeoutMs} ms`);
  check(problem !== undefined || head.method === 'POST', 'a call by another method');
}

function textOf(fields: readonly Field[]): string {
  return fields.map(({ name, value }) => `${name}\0${value}`).join('\u0001');
}

/** Huffman codes: any text is read as it is written, and what is read of other bytes is written as the same bytes. */
export function huffmanCodes(trial: Trial): void {
  const { random } = trial;
  for (let count = 0; count < INPUTS; count += 1) {
    const text = randomBytesOf(random, randomSize(random, 60));
    const valid = Buffer.alloc(huffmanLength(text.toString('latin1')));
    huffmanEncode(text.toString('latin1'), valid, 0);
    trial.feed(valid, (bytes) => {
      if (bytes.equals(valid)) check(huffmanDecode(bytes, 0, bytes.length) === text.toString('latin1'), 'another text');
    });
    trial.feed(chance(random, 0.5) ? text : mutated(random, valid), (bytes) => {
      const seen = huffmanDecode(bytes, 0, bytes.length);
      if (seen === undefined) return;
      const again = Buffer.alloc(huffmanLength(seen));
      huffmanEncode(seen, again, 0);
      check(again.equals(bytes), `written as ${again.toString('hex')}`);
    });
  }
}

/** Frames in any pieces: the same frames, or the same error, as from the whole. */
export function frameBytes(trial: Trial): void {
  const { random } = trial;
  const frames = Array.from({ length: randomInteger(random, 1, 8) }, () => {
    const payload = randomBytesOf(random, pick(random, [0, 4, 6, 8, 12, randomSize(random, 300)]));
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = randomInteger(random, 0, 11);
    head[4] = pick(random, [0, 1, 4, 8, 9, 0x2d]);
    head.writeUInt32BE(pick(random, [0, 1, 3, 0x80000001]), 5);
    return Buffer.concat([head, payload]);
  });
  const valid = Buffer.concat([PREFACE, ...frames]);
  for (let count = 0; count < INPUTS; count += 1) {
    const bytes = mutated(random, valid, frames);
    const cuts = [...inPieces(random, bytes)].map(({ length }) => length);
    trial.feed(bytes, (content) => {
      let at = 0;
      const pieces = [...cuts, Infinity].map((length) =>
        Buffer.from(content.subarray(at, (at += Math.min(length, content.length)))),
      );
      const whole = framesIn([content]);
      check(framesIn(pieces) === whole, 'other frames in pieces');
    });
  }
}

function framesIn(pieces: readonly Buffer[]): string {
  const reader = new FrameReader();
  const seen: string[] = [];
  try {
    for (const piece of pieces) {
      reader.read(piece, (frame) => {
        check(frame.length <= FRAME_BYTES_MAX && frame.streamId < 2 ** 31, 'a frame that is too large');
        seen.push(`${frame.type} ${frame.flags} ${frame.streamId} ${frame.payload().toString('latin1')}`);
        if (frame.type === 4) seen.push(settingsIn(frame.payload()));
        frame.unpad();
        check(frame.length >= 0, 'a payload of negative length');
      });
    }
  } catch (error) {
    check(error instanceof ConnectionError, String(error));
    seen.push(String(error));
  }
  return seen.join('\n');
}

function settingsIn(payload: Buffer): string {
  const peer = initialPeerSettings();
  const tables: number[] = [];
  try {
    applySettings(peer, payload, (bytes) => tables.push(bytes));
  } catch (error) {
    check(error instanceof ConnectionError, String(error));
    return String(error);
  }
  check(
    peer.initialWindow < 2 ** 31 && peer.frameBytesMax >= 16_384 && peer.frameBytesMax < 2 ** 24,
    JSON.stringify(peer),
  );
  return JSON.stringify([peer, tables]);
}
