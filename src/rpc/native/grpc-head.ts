import type { RequestHead } from '../http2/request-head.js';

/** How the messages of a request are compressed. */
export type Encoding = 'identity' | 'gzip';

/** The gRPC meaning of a request head, derived once for heads that repeat. */
export interface GrpcHead {
  /** Time that the caller gives the call, in ms; undefined without a deadline. */
  readonly timeoutMs: number | undefined;
  readonly encoding: Encoding;
  /** Why the request is not served, in HTTP or in gRPC. */
  readonly problem: HeadProblem | undefined;
}

export type HeadProblem =
  | { readonly kind: 'http'; readonly status: '405' | '415' }
  | { readonly kind: 'timeout' | 'encoding'; readonly value: string };

const CONTENT_TYPE = /^application\/grpc(?:[+;]|$)/i;
/** As etcd chooses between gRPC and HTTP. Not all that begins so is a content type of gRPC. */
const GRPC_BEGINS = /^application\/grpc/i;
/** Specification of gRPC over HTTP/2: at most eight digits and a unit. */
const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** Whether a request is to be answered by gRPC, if only with an error. */
export function isForGrpc(head: RequestHead): boolean {
  return GRPC_BEGINS.test(fieldOf(head, 'content-type') ?? '');
}

export function grpcHead(head: RequestHead): GrpcHead {
  const timeout = fieldOf(head, 'grpc-timeout');
  const encoding = fieldOf(head, 'grpc-encoding') ?? 'identity';
  const timeoutMs = timeout === undefined ? undefined : timeoutOf(timeout);
  return {
    timeoutMs,
    encoding: encoding === 'gzip' ? 'gzip' : 'identity',
    problem: problemOf(head, { timeout, timeoutMs, encoding }),
  };
}

function problemOf(
  head: RequestHead,
  {
    timeout,
    timeoutMs,
    encoding,
  }: { readonly timeout: string | undefined; readonly timeoutMs: number | undefined; readonly encoding: string },
): HeadProblem | undefined {
  if (head.method !== 'POST') return { kind: 'http', status: '405' };
  if (!CONTENT_TYPE.test(fieldOf(head, 'content-type') ?? '')) return { kind: 'http', status: '415' };
  if (timeout !== undefined && timeoutMs === undefined) return { kind: 'timeout', value: timeout };
  if (encoding !== 'identity' && encoding !== 'gzip') return { kind: 'encoding', value: encoding };
  return undefined;
}

function timeoutOf(text: string): number | undefined {
  const match = TIMEOUT.exec(text);
  const unit = UNIT_MS[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

/** The first value of a field. */
export function fieldOf({ fields }: RequestHead, name: string): string | undefined {
  for (const field of fields) if (field.name === name) return field.value;
  return undefined;
}
