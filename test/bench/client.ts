import { createWriteStream, existsSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as ClientModule from '../../src/client/index.js';
import type { Client } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { positiveNumberOf, runProgram, textOf, wholeNumberOf } from '../support/program.js';
import { ServerProcess } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { cpuOf } from './cpu.js';
import { loadByClient } from './lone-load.js';
import { LoneServer } from './lone-server.js';

// `make bench-client`: what a put and a get cost through the client, and `raftkv import`, with one member. ONLY=calls or ONLY=import selects; DIST= compares builds, in
// alternating order: each client calls a member of the first build, each import goes to a member of its own build.

const VALUE = 'v'.repeat(256);
const WORKS = ['put', 'get'] as const;

interface Settings {
  readonly builds: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly lines: number;
}

async function benchCalls({ builds, rounds, seconds }: Settings): Promise<void> {
  const server = await LoneServer.start(defined(builds[0], 'a build'));
  try {
    for (const work of WORKS) {
      for (const atOnce of [1, 100]) {
        const results = new Map<string, Result[]>(builds.map((build) => [build, []]));
        for (let round = 0; round <= rounds; round += 1) {
          for (const build of round % 2 === 0 ? builds : builds.toReversed()) {
            const result = await measure(server, { build, work, atOnce, seconds: round === 0 ? 0.5 : seconds });
            // The first round warms up.
            if (round > 0) results.get(build)?.push(result);
          }
        }
        for (const [build, all] of results) say(`${work}, ${atOnce} at once, ${build}: ${describe(all)}`);
      }
    }
  } finally {
    await server.stop();
  }
}

interface Result {
  readonly rate: number;
  /** CPU of a call, in µs. */
  readonly clientUs: number;
  readonly memberUs: number;
}

async function measure(
  server: LoneServer,
  { build, work, atOnce, seconds }: { build: string; work: (typeof WORKS)[number]; atOnce: number; seconds: number },
): Promise<Result> {
  const url = pathToFileURL(join(build, 'client/index.js')).href;
  const { Client: Constructor } = (await import(url)) as typeof ClientModule;
  const client = new Constructor({ endpoints: [server.endpoint] });
  await call(client, work);
  const result = await loadByClient(server, { atOnce, seconds, call: () => call(client, work) });
  await client.close();
  return result;
}

async function call(client: Client, work: (typeof WORKS)[number]): Promise<unknown> {
  return work === 'put' ? await client.put('bench', VALUE) : await client.get('bench');
}

async function benchImport({ builds, lines, rounds }: Settings): Promise<void> {
  const folder = makeTemporaryFolder('bench-import');
  try {
    const file = join(folder, 'lines.tsv');
    await writeLines(file, lines);
    const results = new Map<string, Result[]>(builds.map((build) => [build, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const build of round % 2 === 0 ? builds : builds.toReversed())
        results.get(build)?.push(await importOnce(build, file, lines));
    }
    for (const [build, all] of results) say(`import of ${lines} lines, ${build}: ${describe(all)}`);
  } finally {
    removeFolder(folder);
  }
}

async function importOnce(build: string, file: string, lines: number): Promise<Result> {
  const server = await LoneServer.start(build);
  try {
    const memberBefore = cpuOf(server.process.pid);
    const start = performance.now();
    const main = join(build, 'cli/main.js');
    const command = [process.execPath, main, '--endpoints', server.endpoint, 'import', file];
    const importing = new ServerProcess(command, server.folder);
    let cpu = 0;
    const sampling = setInterval(() => {
      // A process that has ended is gone from there before its output is read.
      if (existsSync(`/proc/${importing.pid}/stat`)) cpu = cpuOf(importing.pid);
    }, 20);
    const { code } = await importing.exited.finally(() => clearInterval(sampling));
    if (code !== 0) throw new Error(`the import failed\n${importing.log()}`);
    const seconds = (performance.now() - start) / 1000;
    return {
      rate: lines / seconds,
      clientUs: cpu / lines,
      memberUs: (cpuOf(server.process.pid) - memberBefore) / lines,
    };
  } finally {
    await server.stop();
  }
}

/** New keys, with values of 100 bytes. */
async function writeLines(file: string, lines: number): Promise<void> {
  const out = createWriteStream(file);
  const value = 'v'.repeat(100);
  for (let first = 0; first < lines; first += 10_000) {
    const count = Math.min(10_000, lines - first);
    const text = Array.from({ length: count }, (_, at) => `line/${String(first + at).padStart(9, '0')}\t${value}\n`);
    if (!out.write(text.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function describe(results: readonly Result[]): string {
  const median = (pick: (result: Result) => number): number => {
    const sorted = results.map(pick).sort((left, right) => left - right);
    return defined(sorted[Math.floor(sorted.length / 2)], 'a result');
  };
  const rate = Math.round(median((each) => each.rate)).toLocaleString('en-US');
  const clientUs = median((each) => each.clientUs).toFixed(1);
  return `${rate}/s, CPU of the client ${clientUs} µs, of the member ${median((each) => each.memberUs).toFixed(1)} µs`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

await runProgram('bench-client', async () => {
  const settings: Settings = {
    builds: (textOf('DIST') ?? 'dist').split(' ').map((path) => resolve(path)),
    rounds: wholeNumberOf('ROUNDS', 1) ?? 3,
    seconds: positiveNumberOf('SECONDS') ?? 2,
    lines: wholeNumberOf('LINES', 1) ?? 1_000_000,
  };
  const only = textOf('ONLY');
  if (only !== 'import') await benchCalls(settings);
  if (only !== 'calls') await benchImport(settings);
  return 0;
});
