import type { Watch, WatchBatch, WatchEvent } from '../../client/index.js';
import type { OutputFormat } from '../client-options.js';
import { eventsJson } from '../json.js';
import { simpleLines } from '../print.js';
import { write } from '../streams.js';
import type { Streams } from '../streams.js';
import { toHex, toJson } from '../text.js';
import { runFor } from './run-for.js';

export interface FollowOptions {
  readonly watch: Watch;
  readonly streams: Streams;
  readonly format: { readonly writeOut: OutputFormat; readonly hex: boolean };
  /** Run for each event; empty for none. */
  readonly command: readonly string[];
  /** Asks a command that runs to end, and starts no other. */
  readonly interrupted?: AbortSignal;
  /** Starts no command any more. */
  readonly over?: AbortSignal;
}

/** Prints a watch until it ends. @throws RaftKvError, CommandError */
export async function follow(options: FollowOptions): Promise<void> {
  const { watch, streams, format, command, interrupted, over } = options;
  for await (const batch of watch.batches()) {
    await write(streams.stdout, format.writeOut === 'json' ? `${toJson(eventsJson(batch))}\n` : lines(batch, format));
    for (const event of batch.events) {
      if (command.length === 0) break;
      await runFor(event, { command, streams, storeRevision: batch.header.revision, interrupted });
      if (over?.aborted === true || interrupted?.aborted === true) return;
    }
  }
}

function lines({ events, revision }: WatchBatch, { hex }: { readonly hex: boolean }): Buffer {
  if (events.length === 0) return Buffer.from(`progress notify: ${revision}\n`);
  return Buffer.concat(events.map((event) => eventLines(event, hex)));
}

/** As etcdctl: the kind of event, the version before if it is wanted, the key, and the value, empty for a deletion. */
function eventLines(event: WatchEvent, hex: boolean): Buffer {
  const before = event.prevKv === undefined ? [] : [event.prevKv];
  const parts = { hex, parts: 'both' } as const;
  if (event.type === 'put') return Buffer.concat([Buffer.from('PUT\n'), simpleLines([...before, event.kv], parts)]);
  const key = hex ? toHex(event.key) : event.key;
  return Buffer.concat([
    Buffer.from('DELETE\n'),
    simpleLines(before, parts),
    typeof key === 'string' ? Buffer.from(key) : key,
    Buffer.from('\n\n'),
  ]);
}
