/** The value of a grpc-timeout header: a number and a unit. */
export type Timeout =
  { readonly kind: 'none' } | { readonly kind: 'ms'; readonly ms: number } | { readonly kind: 'bad' };

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

export function parseTimeout(text: string | undefined): Timeout {
  if (text === undefined || text === '') return { kind: 'none' };
  const [, digits, unit = ''] = /^([+-]?\d+)([HMSmun])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (digits === undefined || unitMs === undefined) return { kind: 'bad' };
  return { kind: 'ms', ms: Number(digits) * unitMs };
}
