import type { Client, Header, KeyValue, Turn } from '../../client/index.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { headerFields, rangeFields } from './fields.js';
import { rangeJson } from './json.js';
import { keyValueLines } from './lines.js';
import { writeOutput } from './output.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { keyValueTable } from './table.js';

/** Prints the key that holds a lock or a leadership. @throws CommandError if the key no longer exists */
export async function writeTurn(
  streams: Streams,
  { client, flags, turn }: { readonly client: Client; readonly flags: ClientFlags; readonly turn: Turn },
): Promise<void> {
  const { kv, header } = await client.get(turn.key, { consistency: 'consistent' });
  if (kv?.createRevision !== turn.revision) {
    throw new CommandError(`${turn.key.toString()} was lost immediately after it was acquired`);
  }
  await writeKey(streams, flags, { kv, header });
}

export async function writeKey(
  streams: Streams,
  { writeOut, hex }: ClientFlags,
  { kv, header }: { readonly kv: KeyValue; readonly header: Header },
): Promise<void> {
  const result = { kvs: [kv], count: 1, more: false, header };
  await writeOutput(streams, writeOut, {
    simple: () => keyValueLines([kv], { hex, parts: 'both' }),
    json: () => rangeJson(result),
    fields: () => [...headerFields(header), ...rangeFields(result)],
    table: () => keyValueTable([kv], hex),
  });
}
