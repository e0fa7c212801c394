/** A 64-bit integer as the protobuf codec hands it over: a number, or low and high halves. */
export type WireInteger = number | { readonly low: number; readonly high: number; readonly unsigned: boolean };

/**
 * A client's 64-bit integer as a safe number: what lies beyond ±(2^53−1) is clamped, so that it compares as the huge
 * value it is and no arithmetic of ours can go wrong on it.
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

/** A 64-bit value whole, for ids that are opaque to us. Signed unless the field is unsigned. */
export function toBigInt(value: WireInteger | null | undefined): bigint {
  if (value === null || value === undefined) return 0n;
  if (typeof value === 'number') return BigInt(value);
  const high = value.unsigned ? value.high >>> 0 : value.high | 0;
  return (BigInt(high) << 32n) | BigInt(value.low >>> 0);
}

/** A 64-bit id as etcd shows those of leases: in hex, all 16 digits of it. */
export function hex64(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}

/** The way back. The codec takes an object of halves; a bigint it would silently write as 0. */
export function fromBigInt(value: bigint, unsigned = false): WireInteger {
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned,
  };
}
