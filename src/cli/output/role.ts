import type { Access, Header, Permission } from '../../client/index.js';
import { prefixEnd } from '../../util/bytes.js';
import type { ClientFlags } from '../parsing/client-options.js';
import type { Streams } from '../process/streams.js';
import { field, headerFields, rawField } from './fields.js';
import { headerJson } from './json.js';
import { writeOutput } from './output.js';
import { cell, renderTable } from './table.js';
import { toHex } from './text.js';

export interface RoleAnswer {
  readonly role: string;
  readonly permissions: readonly Permission[];
  readonly header: Header;
}

/** The values of etcd's enum. Zero is left out of JSON. */
const TYPES: Readonly<Record<Access, number | undefined>> = { read: undefined, write: 1, readwrite: 2 };

/** Prints a role with its permissions. */
export async function writeRole(
  streams: Streams,
  { writeOut, hex }: Pick<ClientFlags, 'writeOut' | 'hex'>,
  { role, permissions, header }: RoleAnswer,
): Promise<void> {
  await writeOutput(streams, writeOut, {
    simple: () => simpleRole(role, permissions, hex),
    json: () => ({
      header: headerJson(header),
      perm: permissions.length === 0 ? undefined : permissions.map(permissionJson),
    }),
    fields: () => [...headerFields(header), ...permissions.flatMap(permissionFields)],
    table: () =>
      renderTable(
        ['ROLE', 'ACCESS', 'KEY', 'RANGE END'],
        permissions.map(({ access, key, rangeEnd }) => [role, access, cell(key, hex), cell(rangeEnd, hex)]),
      ),
  });
}

function simpleRole(role: string, permissions: readonly Permission[], hex: boolean): Buffer {
  const allowing = (access: Access): readonly Buffer[] =>
    permissions.filter((each) => each.access === access || each.access === 'readwrite').map((each) => line(each, hex));
  return Buffer.concat([
    Buffer.from(`Role ${role}\nKV Read:\n`),
    ...allowing('read'),
    Buffer.from('KV Write:\n'),
    ...allowing('write'),
  ]);
}

/** The keys of a permission: the bytes as they are, as etcdctl prints them, or as hex. */
function line({ key, rangeEnd }: Permission, hex: boolean): Buffer {
  const [from, to] = [key, rangeEnd].map((bytes) => (hex ? Buffer.from(toHex(bytes)) : bytes));
  const parts = [from, to].map((bytes) => bytes ?? Buffer.alloc(0));
  if (rangeEnd.length === 0) return joined('\t', parts[0], '\n');
  const note = rangeEnd.equals(prefixEnd(key)) ? [' (prefix ', parts[0], ')'] : [];
  const end = isOpen(rangeEnd) ? ['<open ended>'] : [parts[1], ')'];
  return joined('\t[', parts[0], ', ', ...end, ...note, '\n');
}

/** Whether the range has no end. */
export function isOpen(rangeEnd: Uint8Array): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0;
}

function joined(...parts: readonly (string | Buffer | undefined)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : (part ?? Buffer.alloc(0)))));
}

function permissionJson({ access, key, rangeEnd }: Permission): object {
  return {
    permType: TYPES[access],
    key: key.length === 0 ? undefined : key.toString('base64'),
    range_end: rangeEnd.length === 0 ? undefined : rangeEnd.toString('base64'),
  };
}

/** With the two spaces that etcdctl prints. */
function permissionFields({ access, key, rangeEnd }: Permission): readonly string[] {
  return [rawField('PermType', ` ${access.toUpperCase()}`), field('Key', key), field('RangeEnd', rangeEnd)];
}
