import { basename, join, resolve } from 'node:path';
import { EngineOpenError } from '../errors.js';
import type { EngineKind, StoredEngine } from './engine-kind.js';
import {
  createFolder,
  createGeneration,
  currentGeneration,
  pointTo,
  removeOtherGenerations,
  stagedGeneration,
  syncFolder,
  type NamedGeneration,
} from './generations.js';

/** Engines of one kind in a directory. */
export interface Place<E extends StoredEngine> {
  readonly directory: string;
  readonly kind: EngineKind<E>;
}

/** Opens the current generation, or creates the first. Removes incomplete and replaced ones. @throws EngineOpenError */
export function openGeneration<E extends StoredEngine>(place: Place<E>): Promise<E> {
  return explained(place, async (located) => {
    const { directory } = located;
    await createFolder(directory);
    const current = await currentGeneration(directory);
    const opened = current === undefined ? await openFirst(located) : await openExisting(located, current);
    await removeOtherGenerations(directory, [await currentGeneration(directory), await stagedGeneration(directory)]);
    return opened;
  });
}

/** Opens the staged generation, if there is one. @throws EngineOpenError */
export function openStagedGeneration<E extends StoredEngine>(place: Place<E>): Promise<E | undefined> {
  return explained(place, async (located) => {
    const staged = await stagedGeneration(located.directory);
    return staged === undefined ? undefined : await openExisting(located, staged);
  });
}

/** Creates an empty generation. No pointer names it yet. @throws EngineOpenError */
export function openNewGeneration<E extends StoredEngine>(place: Place<E>): Promise<E> {
  return explained(place, (located) => createEmpty(located));
}

async function explained<E extends StoredEngine, T>(
  place: Place<E>,
  open: (located: Place<E>) => Promise<T>,
): Promise<T> {
  const directory = resolve(place.directory);
  try {
    return await open({ ...place, directory });
  } catch (error) {
    throw error instanceof EngineOpenError ? error : place.kind.openError(directory, error);
  }
}

async function createEmpty<E extends StoredEngine>({ directory, kind }: Place<E>): Promise<E> {
  return await kind.create(join(directory, await createGeneration(directory)));
}

/** Creates the first generation. The pointer is written last, so an interrupted first start leaves nothing valid. */
async function openFirst<E extends StoredEngine>(place: Place<E>): Promise<E> {
  const { directory, kind } = place;
  await removeOtherGenerations(directory, []);
  const opened = await createEmpty(place);
  try {
    await syncFolder(opened.folder);
    await pointTo(directory, { name: basename(opened.folder), engine: kind.name });
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

async function openExisting<E extends StoredEngine>(place: Place<E>, { name, engine }: NamedGeneration): Promise<E> {
  const { directory, kind } = place;
  if (engine !== kind.name) {
    throw new EngineOpenError(
      'other-engine',
      `${directory} holds an engine of the kind ${engine}, and not ${kind.name}: start the member with ` +
        `--storage-engine ${engine}, or convert its data with raftkv migrate-engine`,
    );
  }
  return await kind.open(join(directory, name));
}

/** The innermost message: the outer ones state only that the open failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
