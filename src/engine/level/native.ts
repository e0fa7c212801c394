import { Level } from 'level';
import { EngineCorruptionError } from '../../ports/engine.js';

/** LevelDB as `level` binds it on Node, with methods that the type shared with browsers lacks. */
export type NativeLevel = Level<Uint8Array, Uint8Array> & {
  compactRange(start: Uint8Array, end: Uint8Array): Promise<void>;
  approximateSize(start: Uint8Array, end: Uint8Array): Promise<number>;
};

export interface NativeIterator {
  nextv(count: number): Promise<[Uint8Array, Uint8Array][]>;
  seek(target: Uint8Array): void;
  close(): Promise<void>;
}

export type NativeSnapshot = ReturnType<NativeLevel['snapshot']>;

/** Keys and values are bytes. The binding returns Buffers of its own, so nothing is copied twice. */
export const BYTES = { keyEncoding: 'view', valueEncoding: 'view' } as const;

/** Sizes in bytes. */
export interface NativeOptions {
  readonly cacheBytes: number;
  readonly writeBufferBytes: number;
  readonly maxFileBytes: number;
  readonly maxOpenFiles: number;
  readonly compression: boolean;
}

export function nativeLevel(directory: string, options: NativeOptions): NativeLevel {
  return new Level<Uint8Array, Uint8Array>(directory, {
    ...BYTES,
    // The binding has a 32-bit field, which a larger value would overflow.
    cacheSize: Math.min(options.cacheBytes, 2 ** 32 - 1),
    writeBufferSize: options.writeBufferBytes,
    maxFileSize: options.maxFileBytes,
    maxOpenFiles: options.maxOpenFiles,
    compression: options.compression,
  }) as NativeLevel;
}

/** The code of the innermost error: classic-level wraps the errors of opens and reads. */
export function nativeCode(error: unknown): string | undefined {
  let code: string | undefined;
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') code = at.code;
  }
  return code;
}

/** Converts LevelDB's own corruption error to that of the port. */
export function asCorruption(error: unknown): unknown {
  if (nativeCode(error) !== 'LEVEL_CORRUPTION') return error;
  return new EngineCorruptionError('a table of the engine is damaged', { cause: error });
}
