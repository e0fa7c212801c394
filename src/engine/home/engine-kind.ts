import type { Engine } from '../../ports/engine.js';
import type { EngineOpenError } from '../errors.js';
import type { EngineName } from './generations.js';

/** An engine in a folder of its own. */
export interface StoredEngine extends Engine {
  readonly folder: string;
}

/** How the engines of one kind are opened. */
export interface EngineKind<E extends StoredEngine = StoredEngine> {
  readonly name: EngineName;
  /** Makes an empty engine in an empty folder. Its files are durable once it resolves; their names may not be. */
  create(folder: string): Promise<E>;
  /** Opens the engine in a folder. It changes nothing if another process holds it, or if it is damaged. */
  open(folder: string): Promise<E>;
  /** @param directory the parent of the folder, as the user knows it */
  openError(directory: string, error: unknown): EngineOpenError;
}
