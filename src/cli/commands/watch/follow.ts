import type { Watch, WatchBatch, WatchEvent } from '../../../client/index.js';
import { headerFields, keyValueFields, rawField } from '../../output/fields.js';
import { eventsJson } from '../../output/json.js';
import { keyValueLines } from '../../output/lines.js';
import { writeOutput } from '../../output/output.js';
import type { OutputFormat } from '../../output/output.js';
import type { Streams } from '../../process/streams.js';
import { toHex } from '../../output/text.js';
import { runFor } from './run-for.js';

export interface FollowOptions {
  readonly watch: Watch;
  readonly streams: Streams;
  readonly format: { readonly writeOut: OutputFormat; readonly hex: boolean };
  /** Run for each event; empty for none. */
  readonly command: readonly string[];
  /** Ends the running command and starts no other. */
  readonly interrupted?: AbortSignal;
  /** Starts no further command. */
  readonly over?: AbortSignal;
}

/** Prints the events of a watch until it ends. @throws RaftKvError, CommandError */
export async function follow(options: FollowOptions): Promise<void> {
  const { watch, streams, format, command, interrupted, over } = options;
  for await (const batch of watch.batches()) {
    await writeBatch(streams, format, batch);
    for (const event of batch.events) {
      if (command.length === 0) break;
      await runFor(event, { command, streams, storeRevision: batch.header.revision, interrupted });
      if (over?.aborted === true || interrupted?.aborted === true) return;
    }
  }
}

/** Prints the events of a batch. */
export async function writeBatch(streams: Streams, format: FollowOptions['format'], batch: WatchBatch): Promise<void> {
  await writeOutput(streams, format.writeOut, {
    simple: () => batchLines(batch, format.hex),
    json: () => eventsJson(batch),
    fields: () => [...headerFields(batch.header), ...batch.events.flatMap(eventFields)],
  });
}

function batchLines({ events, revision }: WatchBatch, hex: boolean): Buffer {
  if (events.length === 0) return Buffer.from(`progress notify: ${revision}\n`);
  return Buffer.concat(events.map((event) => eventLines(event, hex)));
}

/** As etcdctl: the type, the previous key and value if requested, the key, and the value (empty for a deletion). */
function eventLines(event: WatchEvent, hex: boolean): Buffer {
  const previous = event.prevKv === undefined ? [] : [event.prevKv];
  const options = { hex, parts: 'both' } as const;
  if (event.type === 'put') {
    return Buffer.concat([Buffer.from('PUT\n'), keyValueLines([...previous, event.kv], options)]);
  }
  const key = hex ? Buffer.from(toHex(event.key)) : event.key;
  return Buffer.concat([Buffer.from('DELETE\n'), keyValueLines(previous, options), key, Buffer.from('\n\n')]);
}

function eventFields(event: WatchEvent): readonly string[] {
  const deleted = { createRevision: 0, modRevision: event.revision, version: 0, lease: 0n } as const;
  const kv = event.type === 'put' ? event.kv : { ...deleted, key: event.key, value: Buffer.alloc(0) };
  return [
    rawField('Type', event.type === 'put' ? 'PUT' : 'DELETE'),
    ...(event.prevKv === undefined ? [] : keyValueFields(event.prevKv, 'Prev')),
    ...keyValueFields(kv),
  ];
}
