import { Option } from 'commander';
import type { Command } from 'commander';
import type { Client, RangeSelector } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { oneKeyRange } from './get.js';
import { replaceFile } from '../output/replace-file.js';
import { isOneKey, select } from '../parsing/selection.js';
import { CommandError, write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { wholeNumber } from '../parsing/arguments.js';
import { plural } from '../output/text.js';
import { formatOfFile, FORMATS } from '../transfer/formats.js';
import type { FormatName } from '../transfer/formats.js';
import { Progress, workDone } from '../transfer/progress.js';

interface ExportFlags extends ClientFlags {
  readonly prefix?: boolean;
  readonly fromKey?: boolean;
  readonly rev?: number;
  readonly format?: FormatName;
  readonly output?: string;
}

/** Approximate size of the chunks that are written, in bytes. */
const CHUNK_BYTES = 64 * 1024;

export function exportCommand(streams: Streams): Command {
  return new Subcommand('export')
    .description('print keys and values as of one revision, in a format that import reads')
    .argument('[key]', 'key, or first key of the range (default: all keys)')
    .argument('[range_end]', 'end of the range (exclusive)')
    .option('--prefix', 'export the keys that begin with KEY')
    .option('--from-key', 'export the keys from KEY on')
    .option('--rev <revision>', 'export as of this revision (default: the newest)', wholeNumber(1))
    .addOption(
      new Option('--format <format>', "tsv or jsonl (default: by the file's extension, else tsv)").choices(
        Object.keys(FORMATS),
      ),
    )
    .option('-o, --output <file>', 'write to this file, which is replaced only once the export is complete')
    .example('raftkv export > all.tsv')
    .example('raftkv export config/ --prefix -o config.jsonl')
    .action(async (key: string | undefined, rangeEnd: string | undefined, _own: unknown, command: Command) => {
      await exportKeys(streams, key, { rangeEnd, flags: command.optsWithGlobals<ExportFlags>() });
    });
}

async function exportKeys(
  streams: Streams,
  key: string | undefined,
  { rangeEnd, flags }: { readonly rangeEnd: string | undefined; readonly flags: ExportFlags },
): Promise<void> {
  const selection = key === undefined ? ({ all: true } as const) : select(key, rangeEnd, flags);
  const selector = isOneKey(selection) ? oneKeyRange(selection) : selection;
  await using client = await makeClient(flags, streams);
  if (flags.output === undefined) {
    for await (const { bytes } of chunks(client, selector, flags)) await write(streams.stdout, bytes);
    return;
  }
  const progress = new Progress({
    stream: streams.stderr,
    noun: 'keys',
    totalBytes: undefined,
    now: () => performance.now(),
  });
  // Ctrl-C removes the temporary file.
  const interrupt = new AbortController();
  streams.onInterrupt(() => interrupt.abort());
  let keys = 0;
  let revision = 0;
  try {
    await replaceFile(flags.output, { suffix: `.${process.pid}.tmp`, leftover: 'refuse' }, async (file) => {
      for await (const chunk of chunks(client, selector, flags, interrupt.signal)) {
        await file.writeFile(chunk.bytes);
        keys += chunk.keys;
        ({ revision } = chunk);
        progress.advance(chunk.keys, chunk.bytes.length);
      }
    });
  } catch (error) {
    if (interrupt.signal.aborted) throw new CommandError(`interrupted: ${flags.output} is unchanged`, { cause: error });
    throw error;
  } finally {
    progress.stop();
  }
  const done = keys === 0 ? plural(0, 'key') : workDone(keys, 'key', progress.elapsedMs);
  await write(streams.stdout, `exported ${done}${keys === 0 ? '' : ` at revision ${revision}`} to ${flags.output}\n`);
}

interface Chunk {
  readonly bytes: Buffer;
  readonly keys: number;
  readonly revision: number;
}

async function* chunks(
  client: Client,
  selector: RangeSelector,
  flags: ExportFlags,
  signal?: AbortSignal,
): AsyncGenerator<Chunk> {
  const format = FORMATS[flags.format ?? formatOfFile(flags.output ?? '')];
  let revision = 0;
  let lines: Buffer[] = [];
  let bytes = 0;
  const take = (): Chunk => {
    const chunk = { bytes: Buffer.concat(lines), keys: lines.length, revision };
    lines = [];
    bytes = 0;
    return chunk;
  };
  const onRevision = (found: number): void => {
    revision = found;
  };
  for await (const kv of client.scan(selector, {
    onRevision,
    ...(flags.rev === undefined ? {} : { revision: flags.rev }),
    ...(signal === undefined ? {} : { signal }),
  })) {
    const line = format.format(kv);
    lines.push(line);
    bytes += line.length;
    if (bytes >= CHUNK_BYTES) yield take();
  }
  if (lines.length > 0) yield take();
}
