import type { Client, Header, KeyValue, Turn } from '../client/index.js';
import type { ClientFlags } from './client-options.js';
import { rangeJson } from './json.js';
import { simpleLines } from './print.js';
import { CommandError, write } from './streams.js';
import type { Streams } from './streams.js';
import { keyValueTable } from './table.js';
import { toJson } from './text.js';

/** Prints the key of a turn that has come. @throws CommandError where it is gone already */
export async function writeTurn(
  streams: Streams,
  { client, flags, turn }: { readonly client: Client; readonly flags: ClientFlags; readonly turn: Turn },
): Promise<void> {
  const { kv, header } = await client.get(turn.key, { consistency: 'consistent' });
  if (kv?.createRevision !== turn.revision) throw new CommandError(`${turn.key.toString()} was lost at once`);
  await writeKey(streams, flags, { kv, header });
}

export async function writeKey(
  streams: Streams,
  { writeOut, hex }: ClientFlags,
  { kv, header }: { readonly kv: KeyValue; readonly header: Header },
): Promise<void> {
  const render = (): string | Uint8Array => {
    if (writeOut === 'json') return `${toJson(rangeJson({ kvs: [kv], count: 1, more: false, header }))}\n`;
    if (writeOut === 'table') return keyValueTable([kv], hex);
    return simpleLines([kv], { hex, parts: 'both' });
  };
  await write(streams.stdout, render());
}
