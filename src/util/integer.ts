/** A 64-bit integer as the protobuf codec decodes it: a number, or low and high halves. */
export type WireInteger = number | { readonly low: number; readonly high: number; readonly unsigned: boolean };

/**
 * A client's 64-bit integer as a safe number. Values beyond ±(2^53−1) are clamped: they still compare as huge, and
 * arithmetic on them stays exact.
 */
export function clampInteger(value: WireInteger | null | undefined): number {
  if (value === null || value === undefined) return 0;
  const wide =
    typeof value === 'number'
      ? value
      : (value.unsigned ? value.high >>> 0 : value.high | 0) * 4294967296 + (value.low >>> 0);
  if (wide > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  if (wide < Number.MIN_SAFE_INTEGER) return Number.MIN_SAFE_INTEGER;
  return wide;
}

/** All 64 bits of a value, for opaque ids. Signed unless the field is unsigned. */
export function toBigInt(value: WireInteger | null | undefined): bigint {
  if (value === null || value === undefined) return 0n;
  if (typeof value === 'number') return BigInt(value);
  const high = value.unsigned ? value.high >>> 0 : value.high | 0;
  return (BigInt(high) << 32n) | BigInt(value.low >>> 0);
}

/** A 64-bit id as etcd prints lease ids: 16 hexadecimal digits. */
export function hex64(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}

/** The inverse of `toBigInt`. The codec takes an object of halves; it would encode a bigint as 0. */
export function fromBigInt(value: bigint, unsigned = false): WireInteger {
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned,
  };
}
