import type { Header, KeyValue } from '../../client/index.js';
import { memberIdValue } from '../../util/member-id.js';
import { goQuoted } from './go-quoted.js';

// Answers as etcdctl's -w fields prints them: one line for each field, under the name of the field in Go.

/** Text is quoted as in Go; numbers and booleans are not. */
export function field(name: string, value: string | Uint8Array | number | bigint | boolean): string {
  if (typeof value === 'string') return rawField(name, goQuoted(Buffer.from(value)));
  return rawField(name, value instanceof Uint8Array ? goQuoted(value) : String(value));
}

/** A list of texts on one line. */
export function quotedFields(name: string, values: readonly string[]): string {
  return `"${name}" :${values.map((value) => ` ${goQuoted(Buffer.from(value))}`).join('')}`;
}

/** A value that etcdctl does not quote, such as a duration. */
export function rawField(name: string, text: string): string {
  return `"${name}" : ${text}`;
}

export function headerFields({ clusterId, memberId, revision, raftTerm }: Header): readonly string[] {
  return [
    field('ClusterID', memberIdValue(clusterId)),
    field('MemberID', memberIdValue(memberId)),
    field('Revision', revision),
    field('RaftTerm', raftTerm),
  ];
}

/** The parts of a key that etcdctl prints. */
type Stored = Pick<KeyValue, 'key' | 'createRevision' | 'modRevision' | 'version' | 'value' | 'lease'>;

/** @param prefix `Prev` for the value before a write */
export function keyValueFields(kv: Stored, prefix: '' | 'Prev' = ''): readonly string[] {
  return [
    field(`${prefix}Key`, kv.key),
    field(`${prefix}CreateRevision`, kv.createRevision),
    field(`${prefix}ModRevision`, kv.modRevision),
    field(`${prefix}Version`, kv.version),
    field(`${prefix}Value`, kv.value),
    field(`${prefix}Lease`, kv.lease),
  ];
}

/** The fields of a range without its header, which an answer inside a transaction does not have. */
export function rangeFields({
  kvs,
  more,
  count,
}: {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}): readonly string[] {
  return [...kvs.flatMap((kv) => keyValueFields(kv)), field('More', more), field('Count', count)];
}
