import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineOpenError } from '../errors.js';

/*
 * An engine's directory holds a pointer and the generation that it names:
 *
 *   CURRENT        "raftkv-engine 1\ngen-000001\n"
 *   gen-000001/    a LevelDB database
 *
 * Whatever must replace all data at once (a snapshot from a peer) is built in a generation beside the one in use and
 * then pointed to. A generation that nothing points to is half-built or replaced, and is removed at the next open.
 */

const POINTER = 'CURRENT';
const FORMAT = 'raftkv-engine';
const FORMAT_VERSION = 1;
const GENERATION = /^gen-(\d{6,})$/;

/** The generation in use; undefined before the first is complete. @throws EngineOpenError */
export async function currentGeneration(directory: string): Promise<string | undefined> {
  const text = await readPointer(directory);
  if (text === undefined) return undefined;
  const [, version, name] = /^raftkv-engine (\d+)\n(.+)\n$/.exec(text) ?? [];
  if (version !== undefined && Number(version) > FORMAT_VERSION) {
    throw new EngineOpenError(
      'format',
      `${directory} has engine format ${version}; this version knows ${FORMAT_VERSION}`,
    );
  }
  if (version === undefined || name === undefined || !GENERATION.test(name)) {
    throw new EngineOpenError('damaged', `${join(directory, POINTER)} does not name a generation of the engine`);
  }
  return name;
}

async function readPointer(directory: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, POINTER), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** An empty folder beside what is there, under the next free name. */
export async function createGeneration(directory: string): Promise<string> {
  const numbers = (await generations(directory)).map((name) => Number(GENERATION.exec(name)?.[1]));
  const name = `gen-${String(Math.max(0, ...numbers) + 1).padStart(6, '0')}`;
  await mkdir(join(directory, name), { mode: 0o700 });
  return name;
}

/** Makes a generation, whose own files must be durable already, the one in use: atomically, and durably. */
export async function pointTo(directory: string, generation: string): Promise<void> {
  const temporary = join(directory, `${POINTER}.tmp`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${FORMAT} ${FORMAT_VERSION}\n${generation}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(directory);
  await rename(temporary, join(directory, POINTER));
  await syncFolder(directory);
}

/** Removes every generation but `keep`. */
export async function removeOtherGenerations(directory: string, keep: string | undefined): Promise<void> {
  for (const name of await generations(directory)) {
    if (name !== keep) await rm(join(directory, name), { recursive: true });
  }
}

async function generations(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => GENERATION.test(name)).sort();
}

/** Creates the folder with those above it, each name durable. */
export async function createFolder(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let at = directory; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at));
}

/** Makes the names in a folder durable. */
export async function syncFolder(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
