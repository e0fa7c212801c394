import { compare } from '../../../client/index.js';
import type { Relation } from '../../../client/index.js';
import { CommandError } from '../../process/streams.js';
import { fromHex, parseLeaseId } from '../../parsing/arguments.js';
import { goUnquoted } from '../../parsing/go-unquoted.js';
import type { Condition } from './index-conditions.js';

const RELATIONS: readonly string[] = ['=', '!=', '<', '>'];
/** A string as Go writes it, or without quotes and blanks. */
const STRING = String.raw`("(?:[^"\\]|\\.)*"|\`[^\`]*\`|[^"\`()\s]+)`;
/** `mod("key") > "3"`. The quotes may be omitted around a key or operand without blanks. */
const CONDITION = new RegExp(String.raw`^\s*(\w+)\s*\(\s*${STRING}\s*\)\s*(!=|[=<>]+|\S+?)\s*${STRING}\s*$`);

/** A condition in etcdctl's syntax, or on an entry of an index. @throws CommandError with the line */
export function parseCondition(line: string, hexInput: boolean): Condition {
  const match = CONDITION.exec(line);
  if (match === null) throw new CommandError(`expected a condition such as mod("key") > "0": ${line}`);
  const [, target = '', keyText = '', relation = '', operandText = ''] = match;
  const [keyBytes, operandBytes] = [unquoted(keyText, line), unquoted(operandText, line)];
  const key = hexInput ? fromHex(keyBytes.toString()) : keyBytes;
  const operand = operandBytes.toString();
  if (!isRelation(relation))
    throw new CommandError(`unknown operator ${relation}, expected one of ${RELATIONS.join(' ')}: ${line}`);
  switch (target) {
    case 'ver':
    case 'version':
      return compare.version(key, relation, integer(operand, line));
    case 'c':
    case 'create':
      return compare.createRevision(key, relation, integer(operand, line));
    case 'm':
    case 'mod':
      return compare.modRevision(key, relation, integer(operand, line));
    case 'val':
    case 'value':
      return compare.value(key, relation, hexInput ? fromHex(operand) : operandBytes);
    case 'lease':
      return compare.lease(key, relation, operand === '0' ? 0n : parseLeaseId(operand));
    case 'index':
      if (relation !== '=' && relation !== '!=') throw new CommandError(`an index takes = or !=: ${line}`);
      return { index: keyBytes.toString(), relation, operand };
    default:
      throw new CommandError(`unknown target ${target}, expected version, create, mod, value, lease or index: ${line}`);
  }
}

function isRelation(text: string): text is Relation {
  return RELATIONS.includes(text);
}

function unquoted(text: string, line: string): Buffer {
  const bytes = /^["`]/.test(text) ? goUnquoted(text) : Buffer.from(text);
  if (bytes === undefined) throw new CommandError(`invalid escape sequence in ${text}: ${line}`);
  return bytes;
}

function integer(text: string, line: string): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new CommandError(`${text} is not a number: ${line}`);
  }
  return value;
}
