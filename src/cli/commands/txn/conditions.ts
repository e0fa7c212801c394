import { compare } from '../../../client/index.js';
import type { Comparison, Relation } from '../../../client/index.js';
import { CommandError } from '../../process/streams.js';
import { argumentBytes, parseLeaseId } from '../../parsing/arguments.js';

const RELATIONS: readonly string[] = ['=', '!=', '<', '>'];
/** `mod("key") > "3"`. The quotes may be omitted around a key or operand without spaces. */
const CONDITION =
  /^\s*(\w+)\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|([^"()\s]+))\s*\)\s*(\S+?)\s*(?:"((?:[^"\\]|\\.)*)"|([^"\s]+))\s*$/;

/** A condition in etcdctl's syntax. @throws CommandError with the line */
export function parseCondition(line: string, hexInput: boolean): Comparison {
  const match = CONDITION.exec(line);
  if (match === null) throw new CommandError(`expected a condition such as mod("key") > "0": ${line}`);
  const [, target = '', quotedKey, bareKey = '', relation = '', quotedOperand, bareOperand = ''] = match;
  const key = argumentBytes(unescaped(quotedKey) ?? bareKey, hexInput);
  const operand = unescaped(quotedOperand) ?? bareOperand;
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
      return compare.value(key, relation, argumentBytes(operand, hexInput));
    case 'lease':
      return compare.lease(key, relation, operand === '0' ? 0n : parseLeaseId(operand));
    default:
      throw new CommandError(`unknown target ${target}, expected version, create, mod, value or lease: ${line}`);
  }
}

function isRelation(text: string): text is Relation {
  return RELATIONS.includes(text);
}

function unescaped(text: string | undefined): string | undefined {
  return text?.replaceAll(/\\(.)/g, (_all, next: string) => (next === 'n' ? '\n' : next));
}

function integer(text: string, line: string): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < 0)
    throw new CommandError(`${text} is not a number: ${line}`);
  return value;
}
