import { compare } from '../../client/index.js';
import type { Comparison, Relation } from '../../client/index.js';
import { CommandError } from '../streams.js';
import { argumentBytes, parseLeaseId } from '../text.js';

const RELATIONS: readonly string[] = ['=', '!=', '<', '>'];
/** `mod("key") > "3"`; the quotes around the key and around the operand may be missing where there is no space. */
const CONDITION =
  /^\s*(\w+)\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|([^"()\s]+))\s*\)\s*(\S+?)\s*(?:"((?:[^"\\]|\\.)*)"|([^"\s]+))\s*$/;

/** A condition as etcdctl writes it. @throws CommandError that quotes what cannot be understood */
export function parseCondition(line: string, hex: boolean): Comparison {
  const match = CONDITION.exec(line);
  if (match === null) throw new CommandError(`no condition, as in mod("key") > "0": ${line}`);
  const [, target = '', quotedKey, bareKey = '', relation = '', quotedOperand, bareOperand = ''] = match;
  const key = argumentBytes(unescaped(quotedKey) ?? bareKey, hex);
  const operand = unescaped(quotedOperand) ?? bareOperand;
  if (!isRelation(relation)) throw new CommandError(`${relation} is none of ${RELATIONS.join(' ')}: ${line}`);
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
      return compare.value(key, relation, argumentBytes(operand, hex));
    case 'lease':
      return compare.lease(key, relation, operand === '0' ? 0n : parseLeaseId(operand));
    default:
      throw new CommandError(`${target} is none of version, create, mod, value, lease: ${line}`);
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
  if (text === '' || !Number.isSafeInteger(value) || value < 0) throw new CommandError(`${text} is no number: ${line}`);
  return value;
}
