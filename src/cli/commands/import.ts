import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Option } from 'commander';
import type { Command } from 'commander';
import { isSystemError, systemReason } from '../../util/system-error.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { CommandError, write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { parseDuration, wholeNumber } from '../parsing/arguments.js';
import { BatchWriter } from '../transfer/batch-writer.js';
import { FormatError } from '../transfer/format-error.js';
import { formatOfFile, FORMATS } from '../transfer/formats.js';
import type { Format } from '../transfer/format.js';
import type { FormatName } from '../transfer/formats.js';
import { LineTooLong, readLines } from '../transfer/lines.js';
import type { Line } from '../transfer/lines.js';
import { LoadReport } from '../transfer/load-report.js';
import { Loader } from '../transfer/loader.js';
import type { LoadLine } from '../transfer/loader.js';
import { Progress } from '../transfer/progress.js';

interface ImportFlags extends ClientFlags {
  readonly format?: FormatName;
  readonly concurrency: number;
  readonly batch: number;
  readonly skipBad?: boolean;
  readonly retryFor: number;
}

/** Size of one read from the file, in bytes. */
const READ_BYTES = 256 * 1024;
/** Maximum length of a line, in bytes: longer than any escaped key and value that a server accepts. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;
/** Servers reject a transaction with more operations by default; its lines would then be sent one by one. */
const BATCH_LINES_MAX = 128;
const BATCH_BYTES = 256 * 1024;
const WINDOW_BYTES = 32 * 1024 * 1024;

export function importCommand(streams: Streams): Command {
  return new Subcommand('import')
    .description('write each line of a file as a key, exactly once')
    .argument('<file>', 'file to read; "-" for standard input')
    .addOption(
      new Option('--format <format>', "tsv or jsonl (default: by the file's extension, else tsv)").choices(
        Object.keys(FORMATS),
      ),
    )
    .option('--concurrency <calls>', 'number of concurrent calls', wholeNumber(1), 32)
    .option(
      '--batch <lines>',
      `maximum lines per call, up to ${BATCH_LINES_MAX}`,
      wholeNumber(1, BATCH_LINES_MAX),
      BATCH_LINES_MAX,
    )
    .option('--skip-bad', 'skip lines that cannot be parsed or that the server rejects')
    .addOption(
      new Option('--retry-for <duration>', 'time limit of retries while no call succeeds')
        .argParser(parseDuration)
        .default(30_000, '30s'),
    )
    .notes(HELP)
    .example('raftkv import all.tsv')
    .example('sort words | raftkv import - --batch 128')
    .action(async (file: string, _own: unknown, command: Command) => {
      await importFile(streams, file, command.optsWithGlobals<ImportFlags>());
    });
}

const HELP = `
tsv:   KEY<TAB>VALUE. A line without a tab is a key with an empty value. Empty lines are ignored. \\t \\n \\r \\\\ and
       \\xNN stand for bytes that a line cannot hold. Further tabs belong to the value.
jsonl: {"key":"…","value":"…"}, or "key_base64" and "value_base64" for bytes that are not UTF-8.

The lines of a key apply in the order of the file, each exactly once, even while the leader changes: the version of each
key grows by the number of its lines. Loading stops at the first line that cannot be parsed or written, unless
--skip-bad is given. Keys that other clients write at the same time are reported.`;

async function importFile(streams: Streams, file: string, flags: ImportFlags): Promise<void> {
  const source = await openSource(streams, file);
  const progress = new Progress({
    stream: streams.stderr,
    noun: 'lines',
    totalBytes: source.totalBytes,
    now: () => performance.now(),
  });
  const report = new LoadReport(progress);
  await using client = await makeClient(flags, streams, undefined, { sessions: true });
  const writer = new BatchWriter({ client, retryForMs: flags.retryFor, pauseMs: 100 });
  const loader = new Loader({
    writer,
    concurrency: flags.concurrency,
    batchLines: flags.batch,
    batchBytes: BATCH_BYTES,
    windowLines: 2 * flags.concurrency * flags.batch,
    windowBytes: WINDOW_BYTES,
    skipRefused: flags.skipBad ?? false,
    onEvent: (event) => report.onEvent(event),
  });
  let interrupted = false;
  streams.onInterrupt(() => {
    interrupted = true;
    loader.stop();
    // Ends a read that waits for more input.
    source.input.destroy();
  });
  const format = FORMATS[flags.format ?? formatOfFile(file)];
  try {
    await load(source.input, { file, format, skipBad: flags.skipBad ?? false, writer, loader, report });
  } finally {
    // An open input would keep the process alive, and a progress bar would hide the summary.
    source.input.destroy();
    progress.stop();
    await write(streams.stdout, `${report.summary()}\n`);
  }
  if (interrupted) throw new CommandError('interrupted: the rest was not loaded');
  if (report.failed) throw new CommandError(`not every line of ${file} was loaded`);
}

interface LoadContext {
  readonly file: string;
  readonly format: Format;
  readonly skipBad: boolean;
  readonly writer: BatchWriter;
  readonly loader: Loader;
  readonly report: LoadReport;
}

async function load(input: Readable, context: LoadContext): Promise<void> {
  const { file, loader, writer, report } = context;
  let started = false;
  try {
    for await (const lines of readLines(input, LINE_BYTES_MAX)) {
      const { parsed, stop } = parseLines(lines, context);
      const [first] = parsed;
      if (first !== undefined && !started) {
        await writer.start(first.pair.key, () => loader.stopped);
        started = true;
      }
      await loader.add(parsed);
      if (stop || loader.stopped) break;
    }
  } catch (error) {
    if (error instanceof LineTooLong) report.bad(error.lineNumber, error.message);
    // Destroying the input makes a pending read fail, which is expected after a stop.
    else if (!loader.stopped) throw unreadableError(file, error);
  }
  await loader.drain();
}

/** The lines before the first that cannot be parsed, or all others with --skip-bad. */
function parseLines(
  lines: readonly Line[],
  { format, skipBad, report }: LoadContext,
): { readonly parsed: readonly LoadLine[]; readonly stop: boolean } {
  const parsed: LoadLine[] = [];
  let skippedBytes = 0;
  for (const { number, bytes, start, end, fileBytes } of lines) {
    try {
      const pair = format.parse(bytes, start, end);
      if (pair === undefined) skippedBytes += fileBytes;
      else parsed.push({ number, fileBytes, pair });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      report.bad(number, error.message);
      skippedBytes += fileBytes;
      if (!skipBad) return { parsed, stop: true };
    }
  }
  if (skippedBytes > 0) report.skipped(skippedBytes);
  return { parsed, stop: false };
}

interface Source {
  readonly input: Readable;
  readonly totalBytes: number | undefined;
}

async function openSource(streams: Streams, file: string): Promise<Source> {
  if (file === '-') return { input: streams.stdin, totalBytes: undefined };
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw unreadableError(file, error);
  }
  const stat = await handle.stat();
  if (stat.isDirectory()) {
    await handle.close();
    throw new CommandError(`${file} is a directory`);
  }
  return {
    input: handle.createReadStream({ highWaterMark: READ_BYTES }),
    totalBytes: stat.isFile() ? stat.size : undefined,
  };
}

/** A system error becomes one line that names the file; other errors are returned unchanged. */
function unreadableError(file: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const name = file === '-' ? 'the standard input' : file;
  return new CommandError(`${name} cannot be read: ${systemReason(error)}`, { cause: error });
}
