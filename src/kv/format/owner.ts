import { EngineCorruptionError, type Engine, type EngineReader } from '../../ports/engine.js';
import { asBuffer } from '../../util/bytes.js';
import { metaKey } from './layout.js';

/** The member whose engine it is. */
export interface Owner {
  readonly clusterId: number;
  readonly memberId: number;
}

/** Key of the owner's row. Not part of the replicated state: each member has its own. */
export const OWNER_KEY = metaKey('owner');

const OWNER_BYTES = 16;

/** @returns undefined if the engine has no owner yet: it is new, or was restored from a snapshot */
export function readOwner(reader: EngineReader): Owner | undefined {
  const bytes = reader.get(OWNER_KEY);
  if (bytes === undefined) return undefined;
  if (bytes.length !== OWNER_BYTES) throw new EngineCorruptionError(`the owner of the store has ${bytes.length} bytes`);
  const value = asBuffer(bytes);
  return { clusterId: value.readDoubleBE(0), memberId: value.readDoubleBE(8) };
}

export async function writeOwner(engine: Engine, { clusterId, memberId }: Owner): Promise<void> {
  const value = Buffer.allocUnsafe(OWNER_BYTES);
  value.writeDoubleBE(clusterId, 0);
  value.writeDoubleBE(memberId, 8);
  await engine.write([{ type: 'put', key: OWNER_KEY, value }]);
}
