import { clampInteger, toBigInt, type WireInteger } from '../util/integer.js';
import { CodecError } from './codec-error.js';

/** A safe integer. Clamping, as for numbers from clients, would make up a term or an index. @throws CodecError */
export function safe(value: WireInteger | null | undefined): number {
  const clamped = clampInteger(value);
  if (clamped === Number.MAX_SAFE_INTEGER && toBigInt(value) > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new CodecError(`the integer ${toBigInt(value)} is beyond 2^53−1`);
  }
  return clamped;
}
