import { raftkv, raftkvpb } from '../../../src/gen/proto.js';
import { Table, tableRange } from '../../../src/kv/format/layout.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import { valueOf } from '../../../src/kv/indexes/index-value.js';
import type { KvStore } from '../../../src/kv/store.js';
import type { Fixture } from '../support/fixture.js';
import type { Command } from './steps.js';

/** Short forms for tests of a few indexes. */

type Definition = raftkvpb.IndexDefinition.$Properties;
const bytes = (text: string): Buffer => Buffer.from(text);

/** An index of the keys that begin with `u/`. */
export function definition(name: string, json: string, more: Definition = {}): Definition {
  return { name, key: bytes('u/'), rangeEnd: bytes('u0'), source: { json }, ...more };
}

export function create(made: Definition): Command {
  return ['indexCreate', raftkvpb.IndexCreateRequest.encode({ definition: made }).finish()];
}

/** A slice of building, from a cursor on. @param keys 0 for as many as allowed */
export function build(id: number, cursor = 'u/', keys = 0): Command {
  return ['indexBuild', raftkv.IndexSlice.encode({ id, cursor: bytes(cursor), keys }).finish()];
}

/** Creates an index over the few keys that exist, which is then ready. */
export async function createReady(fixture: Fixture, made: Definition): Promise<void> {
  await fixture.apply([create(made)]);
  const id = fixture.store.indexes().byName.get(made.name ?? '')?.id ?? 0;
  await fixture.apply([build(id)]);
}

/** The entries of an index as `value key`; the kind of the error if it cannot be queried. */
export async function entriesOf(
  store: KvStore,
  request: raftkvpb.IndexQueryRequest.$Properties,
): Promise<readonly string[] | string> {
  const result = await store.queryIndex({ ...request, keysOnly: true });
  if (result.kind === 'error') return result.error.kind;
  const { entries } = raftkvpb.IndexQueryResponse.decode(wholeBody(result.body));
  return entries.map(({ value, key }) => `${String(valueOf(value))} ${Buffer.from(key ?? []).toString()}`);
}

/** Number of rows of entries, those that have ended included. */
export async function entryRows({ engine }: Fixture): Promise<number> {
  let rows = 0;
  for (const table of [Table.entries, Table.endedEntries]) {
    const cursor = engine.cursor(tableRange(table));
    for (let page = await cursor.next(500); page.length > 0; page = await cursor.next(500)) rows += page.length;
    await cursor.close();
  }
  return rows;
}
