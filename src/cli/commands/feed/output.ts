import type { FeedStatus } from '../../../client/index.js';
import { field } from '../../output/fields.js';
import { writeOutput } from '../../output/output.js';
import type { OutputFormat } from '../../output/output.js';
import { cell, renderTable } from '../../output/table.js';
import type { Streams } from '../../process/streams.js';

interface Format {
  readonly writeOut: OutputFormat;
  readonly hex: boolean;
}

/** Prints feeds, one a line. */
export async function writeFeeds(
  streams: Streams,
  { writeOut, hex }: Format,
  feeds: readonly FeedStatus[],
): Promise<void> {
  await writeOutput(streams, writeOut, {
    simple: () => feeds.map((feed) => `${lineOf(feed, hex)}\n`).join(''),
    json: () => ({ feeds: feeds.map(feedJson) }),
    fields: () => feeds.flatMap(feedFields),
    table: () =>
      renderTable(
        ['NAME', 'KEYS', 'LAG', 'STATE', 'WORKERS'],
        feeds.map((feed) => {
          const { name, keys, lag, state, workers } = shownOf(feed, hex);
          return [name, keys, lag, state, workers].map(String);
        }),
      ),
  });
}

/** Prints one feed with its partitions. */
export async function writeStatus(streams: Streams, { writeOut, hex }: Format, feed: FeedStatus): Promise<void> {
  const partitions = feed.partitions.map(({ cursor, epoch, worker }, at) =>
    [at, cursor, epoch, worker === undefined ? '-' : cell(Buffer.from(worker), false)].map(String),
  );
  await writeOutput(streams, writeOut, {
    simple: () =>
      [
        lineOf(feed, hex),
        ...partitions.map(
          ([at, cursor, epoch, worker]) => `  partition ${at}: cursor ${cursor}, epoch ${epoch}, ${worker}`,
        ),
      ]
        .map((line) => `${line}\n`)
        .join(''),
    json: () => feedJson(feed),
    fields: () => feedFields(feed),
    table: () => renderTable(['PARTITION', 'CURSOR', 'EPOCH', 'WORKER'], partitions),
  });
}

interface Shown {
  readonly name: string;
  readonly keys: string;
  readonly lag: number;
  readonly state: string;
  readonly workers: number;
}

function shownOf(feed: FeedStatus, hex: boolean): Shown {
  const key = cell(feed.key, hex);
  const keys = feed.rangeEnd.length === 0 ? key : `[${key}, ${cell(feed.rangeEnd, hex)})`;
  const state = feed.broken === undefined ? 'ok' : `broken at revision ${feed.broken}`;
  return { name: feed.name, keys, lag: feed.lag, state, workers: feed.workers.length };
}

function lineOf(feed: FeedStatus, hex: boolean): string {
  const { name, keys, lag, state, workers } = shownOf(feed, hex);
  return [name, keys, `${lag} behind`, state, `${workers} workers`].join(', ');
}

function feedJson({ key, rangeEnd, prevKv, retainRevisions, ...same }: FeedStatus): object {
  return {
    ...same,
    key: key.toString('base64'),
    range_end: rangeEnd.toString('base64'),
    prev_kv: prevKv,
    retain_revisions: retainRevisions,
  };
}

function feedFields({ name, key, rangeEnd, lag, broken, partitions }: FeedStatus): readonly string[] {
  return [
    field('Name', name),
    field('Key', key),
    field('RangeEnd', rangeEnd),
    field('Lag', lag),
    field('Broken', broken ?? 0),
    ...partitions.flatMap(({ cursor, epoch, worker }, at) => [
      field('Partition', at),
      field('Cursor', cursor),
      field('Epoch', epoch),
      field('Worker', worker ?? ''),
    ]),
  ];
}
