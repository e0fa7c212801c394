#!/usr/bin/env node
import { run } from './run.js';

// The log's syncs, the engine's batches and its flushes each hold a thread; with Node's four, a flush could hold up a sync.
process.env['UV_THREADPOOL_SIZE'] ??= '8';

// A reader that goes away, as in `raftkv export | head`, is met where the output is written. Of what went wrong nobody
// needs to be told any more.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), {
  // Merely looking at it opens it.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  variables: process.env,
  onInterrupt: (callback) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => callback(signal));
  },
});
