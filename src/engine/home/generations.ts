import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { REBUILD_ADVICE } from '../../util/rebuild-advice.js';
import { EngineOpenError } from '../errors.js';

/*
 * An engine's directory holds a pointer and the generation that it names:
 *
 *   CURRENT        "raftkv-engine 1\ngen-000001\n", or "raftkv-engine 2\ngen-000001 lmdb\n"
 *   STAGED         the same, while a complete generation is staged to replace the current one
 *   gen-000001/    a database of LevelDB (format 1) or of the engine that the pointer names (format 2)
 *
 * A snapshot from a peer, which replaces all data at once, is built in a second generation. Then the pointer moves. A
 * generation without a pointer is incomplete or replaced, and the next open removes it.
 */

export type Pointer = 'CURRENT' | 'STAGED';

export const ENGINE_NAMES = ['level', 'lmdb'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

const FORMAT = 'raftkv-engine';
const FORMAT_VERSION = 2;
const GENERATION = /^gen-(\d{6,})$/;

/** Whether a file in an engine's directory is a generation. */
export function isGeneration(name: string): boolean {
  return GENERATION.test(name);
}

/** A folder, and the engine that it is of. */
export interface NamedGeneration {
  readonly name: string;
  readonly engine: EngineName;
}

/** The current generation; undefined before the first is complete. @throws EngineOpenError */
export function currentGeneration(directory: string): Promise<NamedGeneration | undefined> {
  return namedGeneration(directory, 'CURRENT');
}

/** The staged generation, which is complete; undefined if there is none. @throws EngineOpenError */
export async function stagedGeneration(directory: string): Promise<NamedGeneration | undefined> {
  const staged = await namedGeneration(directory, 'STAGED');
  // Between the two steps of a switch both pointers name the new one.
  return staged?.name === (await currentGeneration(directory))?.name ? undefined : staged;
}

async function namedGeneration(directory: string, pointer: Pointer): Promise<NamedGeneration | undefined> {
  const text = await readPointer(directory, pointer);
  if (text === undefined) return undefined;
  const [, version, name, engine] = /^raftkv-engine (\d+)\n(\S+)(?: (\S+))?\n$/.exec(text) ?? [];
  if (version !== undefined && Number(version) > FORMAT_VERSION) {
    throw new EngineOpenError(
      'format',
      `${directory} has a newer format, ${version}, and this raftkv reads format ${FORMAT_VERSION}: use a newer raftkv`,
    );
  }
  const known = Number(version) === 1 ? 'level' : ENGINE_NAMES.find((each) => each === engine);
  if (
    name === undefined ||
    !GENERATION.test(name) ||
    known === undefined ||
    (known === 'level') !== (engine === undefined)
  ) {
    const file = join(directory, pointer);
    throw new EngineOpenError('damaged', `${file} does not name a generation of the engine: ${REBUILD_ADVICE}`);
  }
  return { name, engine: known };
}

async function readPointer(directory: string, pointer: Pointer): Promise<string | undefined> {
  try {
    return await readFile(join(directory, pointer), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates an empty folder with the next free name. */
export async function createGeneration(directory: string): Promise<string> {
  const numbers = (await generations(directory)).map((name) => Number(GENERATION.exec(name)?.[1]));
  const name = `gen-${String(Math.max(0, ...numbers) + 1).padStart(6, '0')}`;
  await mkdir(join(directory, name), { mode: 0o700 });
  return name;
}

/** Points to a generation as the current or the staged one, atomically and durably. Its files must be durable. */
export async function pointTo(
  directory: string,
  { name, engine }: NamedGeneration,
  pointer: Pointer = 'CURRENT',
): Promise<void> {
  // Format 1 can be read by earlier versions.
  const text = engine === 'level' ? `${FORMAT} 1\n${name}\n` : `${FORMAT} ${FORMAT_VERSION}\n${name} ${engine}\n`;
  const temporary = join(directory, `${pointer}.tmp`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(directory);
  await rename(temporary, join(directory, pointer));
  await syncFolder(directory);
}

/** Removes the pointer to the staged generation, durably. */
export async function unstage(directory: string): Promise<void> {
  await rm(join(directory, 'STAGED'), { force: true });
  await syncFolder(directory);
}

export async function removeGeneration(directory: string, name: string): Promise<void> {
  await rm(join(directory, name), { recursive: true });
}

/** Removes all generations except those to keep. */
export async function removeOtherGenerations(
  directory: string,
  keep: readonly (NamedGeneration | undefined)[],
): Promise<void> {
  for (const name of await generations(directory)) {
    if (!keep.some((kept) => kept?.name === name)) await removeGeneration(directory, name);
  }
}

async function generations(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => GENERATION.test(name)).sort();
}

/**
 * Creates the folder and missing parents, each name durable. Not by the recursive mode of mkdir, which never returns
 * where a file system takes no new names.
 */
export async function createFolder(directory: string): Promise<void> {
  const missing: string[] = [];
  for (let at = directory; !(await isThere(at)); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    await mkdir(folder, { mode: 0o700 }).catch(async (error: unknown) => {
      // Another process may have created it meanwhile.
      if (!(await isThere(folder))) throw error;
    });
    await syncFolder(dirname(folder));
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Syncs a folder, which makes the names in it durable. */
export async function syncFolder(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
