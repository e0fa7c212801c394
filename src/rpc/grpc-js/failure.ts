import { status as GrpcJsCode, type Metadata, type ServerInterceptor } from '@grpc/grpc-js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { Code, Status } from '../status.js';

/** A status in the shape that grpc-js takes as an error. */
export interface GrpcJsFailure {
  readonly code: Code;
  readonly details: string;
  readonly metadata?: Metadata;
  // Required by grpc-js's types; not read if `details` is there.
  readonly name: string;
  readonly message: string;
}

/**
 * Replaces lone surrogates in the text, which may quote what a client sent: grpc-js percent-encodes it with encodeURI,
 * which throws on them, and a throw from a stream's event would end the process.
 */
export function toFailure(status: Status, metadata: Metadata | undefined): GrpcJsFailure {
  const details = wellFormed(status.message);
  const failure = { code: status.code, details, message: details, name: 'Error' };
  return metadata === undefined ? failure : { ...failure, metadata };
}

function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
}

/** grpc-js's text for a message over the limit, which its decoder finds before any code of this project runs. */
const OVERSIZE = /^Received message larger than max \((\d+) vs (\d+)\)$/;

export type ServerCall = Parameters<ServerInterceptor>[1];
export type PartialStatus = Parameters<ServerCall['sendStatus']>[0];

/** Sends a status with the texts of etcd's runtime, which clients match. `call` may have a `sendStatus` of its own. */
export function sendStatusWithEtcdText(call: ServerCall, status: PartialStatus, onLimit: OnLimit): void {
  const inherited = Object.getPrototypeOf(call) as ServerCall;
  inherited.sendStatus.call(call, translated(status, onLimit));
}

function translated(status: PartialStatus, onLimit: OnLimit): PartialStatus {
  if (status.code !== GrpcJsCode.RESOURCE_EXHAUSTED || typeof status.details !== 'string') return status;
  const match = OVERSIZE.exec(status.details);
  if (match === null) return status;
  onLimit('request_bytes');
  return { ...status, details: `grpc: received message larger than max (${match[1]} vs. ${match[2]})` };
}
