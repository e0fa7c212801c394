import { Level } from 'level';
import { EngineCorruptionError } from '../../ports/engine.js';

/** LevelDB as `level` binds it on Node, where it has more than the type that browsers share. */
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

/** Bytes in and out as they are; the binding hands out Buffers of its own, so nothing is copied a second time. */
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
    // A 32-bit field of the binding: more would wrap around to something small.
    cacheSize: Math.min(options.cacheBytes, 2 ** 32 - 1),
    writeBufferSize: options.writeBufferBytes,
    maxFileSize: options.maxFileBytes,
    maxOpenFiles: options.maxOpenFiles,
    compression: options.compression,
  }) as NativeLevel;
}

/** The code that classic-level gave the innermost error: it wraps what went wrong in an open or a read. */
export function nativeCode(error: unknown): string | undefined {
  let code: string | undefined;
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') code = at.code;
  }
  return code;
}

/** What LevelDB itself found damaged, as the port names it. */
export function asCorruption(error: unknown): unknown {
  if (nativeCode(error) !== 'LEVEL_CORRUPTION') return error;
  return new EngineCorruptionError('a table of the engine is damaged', { cause: error });
}
