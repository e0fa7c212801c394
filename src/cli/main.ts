#!/usr/bin/env node
import { hidePasswords } from './process/hide-passwords.js';

// Before the other modules are loaded, so that the list of processes shows them for as short a time as possible.
hidePasswords();
const { run } = await import('./program/run.js');

// Log syncs, engine batches and engine flushes each occupy a thread. With Node's default of four, a flush could delay a
// sync.
process.env['UV_THREADPOOL_SIZE'] ??= '8';

// A closed output, as in `raftkv export | head`, is handled where the output is written. Without a listener, the error
// event would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), {
  // A getter, because reading process.stdin opens it.
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
