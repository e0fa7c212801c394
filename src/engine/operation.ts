import type { EngineOperation } from '../ports/engine.js';

/** A copy, in memory of its own: the bytes of an operation may be used again once the next one is taken. */
export function copyOf(operation: EngineOperation): EngineOperation {
  const key = Buffer.from(operation.key);
  return operation.type === 'put' ? { type: 'put', key, value: Buffer.from(operation.value) } : { type: 'delete', key };
}
