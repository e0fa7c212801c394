import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { assert } from '../../../src/util/assert.js';
import { fromBigInt } from '../../../src/util/integer.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

const PROTO = fileURLToPath(new URL('../../../proto/', import.meta.url));
let loaded: protobuf.Root | undefined;

/** The messages of all .proto files, as protobufjs reads them at run time: a reference for the generated code. */
export function protoRoot(): protobuf.Root {
  if (loaded !== undefined) return loaded;
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => `${PROTO}${target.replace(PROTO, '')}`;
  root.loadSync(
    readdirSync(PROTO, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.proto'))
      .sort(),
  );
  root.resolveAll();
  loaded = root;
  return root;
}

export function messageType(name: string): protobuf.Type {
  return protoRoot().lookupType(name);
}

/** All messages, by full name without the leading dot. */
export function allMessageTypes(): readonly protobuf.Type[] {
  const found: protobuf.Type[] = [];
  const visit = (namespace: protobuf.NamespaceBase): void => {
    if (namespace.fullName.startsWith('.google')) return;
    if (namespace instanceof protobuf.Type) found.push(namespace);
    for (const nested of namespace.nestedArray) if (nested instanceof protobuf.Namespace) visit(nested);
  };
  visit(protoRoot());
  return found;
}

const DEPTH_MAX = 6;

/** Writes a message with random fields: mostly in order and once, as clients do. */
export function randomMessage(random: Random, type: protobuf.Type, depth = 0): Buffer {
  const writer = new protobuf.Writer();
  writeFields(random, writer, { type, depth });
  return Buffer.from(writer.finish());
}

function writeFields(
  random: Random,
  writer: protobuf.Writer,
  { type, depth }: { type: protobuf.Type; depth: number },
): void {
  let fields = type.fieldsArray;
  const density = pick(random, [0.1, 0.4, 0.4, 0.8]);
  if (chance(random, 0.1)) fields = [...fields, ...fields].sort(() => random.next() - 0.5);
  for (const field of fields) {
    if (!chance(random, density)) continue;
    const count = field.repeated ? 1 + randomSize(random, 5) : 1;
    if (field.repeated && isNumber(field) && chance(random, 0.5)) {
      writer.uint32((field.id << 3) | 2).fork();
      for (let at = 0; at < count; at += 1) writeValue(random, writer, { field, depth, packed: true });
      writer.ldelim();
    } else for (let at = 0; at < count; at += 1) writeValue(random, writer, { field, depth });
  }
  if (chance(random, 0.03)) writeUnknown(random, writer);
}

interface Place {
  readonly field: protobuf.Field;
  readonly depth: number;
  readonly packed?: boolean;
}

function writeValue(random: Random, writer: protobuf.Writer, { field, depth, packed = false }: Place): void {
  const { id, resolvedType } = field;
  const tag = (wireType: number): protobuf.Writer => (packed ? writer : writer.uint32((id << 3) | wireType));
  if (resolvedType instanceof protobuf.Type) {
    tag(2).fork();
    if (depth < DEPTH_MAX) writeFields(random, writer, { type: resolvedType, depth: depth + 1 });
    writer.ldelim();
  } else if (resolvedType instanceof protobuf.Enum) {
    const values = Object.values(resolvedType.values);
    tag(0).int32(
      chance(random, 0.9) ? (values[randomInteger(random, 0, values.length)] ?? 0) : randomInteger(random, -3, 1000),
    );
  } else writeScalar(random, tag, field.type);
}

function writeScalar(random: Random, tag: (wireType: number) => protobuf.Writer, type: string): void {
  switch (type) {
    case 'bool':
      tag(0).bool(chance(random, 0.6));
      return;
    case 'string':
      tag(2).bytes(randomText(random));
      return;
    case 'bytes':
      tag(2).bytes(randomKey(random));
      return;
    case 'fixed32':
      tag(5).fixed32(randomInteger(random, 0, 2 ** 32));
      return;
    case 'double':
      tag(1).double(random.next());
      return;
    default:
      assert(['int32', 'uint32', 'int64', 'uint64', 'sint64'].includes(type), `a scalar of type ${type}`);
      // All are varints of 64 bits.
      tag(0).uint64(fromBigInt(BigInt.asUintN(64, randomWide(random)), true));
  }
}

function isNumber({ type, resolvedType }: protobuf.Field): boolean {
  return (
    resolvedType instanceof protobuf.Enum ||
    (!['bool', 'string', 'bytes', 'fixed32', 'double'].includes(type) && resolvedType === null)
  );
}

const WIDE = [
  0n,
  1n,
  2n,
  3n,
  5n,
  100n,
  127n,
  128n,
  -1n,
  -2n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const;

function randomWide(random: Random): bigint {
  return chance(random, 0.5) ? BigInt(randomInteger(random, 0, 20)) : pick(random, WIDE);
}

const NAMES = [
  '',
  'root',
  'user',
  'role',
  'a',
  'b',
  'http://127.0.0.1:2380',
  'http://[::1]:1',
  'ünïcode',
  '\0',
  '  ',
].map((text) => Buffer.from(text));
const TEXT = NAMES as unknown as readonly [Buffer, ...Buffer[]];

function randomText(random: Random): Buffer {
  if (chance(random, 0.98)) return pick(random, TEXT);
  // Mostly no UTF-8, which the codec refuses.
  return randomBytesOf(random, randomSize(random, 30));
}

/** Keys of few kinds, so that ranges hold some. */
function randomKey(random: Random): Buffer {
  if (chance(random, 0.7))
    return Buffer.from(pick(random, ['', '\0', 'a', 'b', 'k', 'k1', 'k2', 'k\0', 'l', 'role', 'z']));
  return randomBytesOf(random, randomSize(random, chance(random, 0.02) ? 20_000 : 40));
}

function writeUnknown(random: Random, writer: protobuf.Writer): void {
  const id = pick(random, [15, 16, 100, 19_000, 536_870_911]);
  const wireType = pick(random, [0, 1, 2, 3, 5]);
  writer.uint32(((id << 3) | wireType) >>> 0);
  if (wireType === 0) writer.uint32(randomInteger(random, 0, 1000));
  else if (wireType === 1) writer.fixed64(1);
  else if (wireType === 2) writer.bytes(randomBytesOf(random, randomSize(random, 10)));
  else if (wireType === 3)
    writer
      .uint32(8)
      .uint32(1)
      .uint32(((id << 3) | 4) >>> 0);
  else writer.fixed32(1);
}
