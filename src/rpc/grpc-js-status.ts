import { status as GrpcJsCode, type Metadata, type ServerInterceptor } from '@grpc/grpc-js';
import type { Code, Status } from './status.js';

/** A status in the shape that grpc-js takes as an error. */
export interface GrpcJsFailure {
  readonly code: Code;
  readonly details: string;
  readonly metadata?: Metadata;
  // Its typings ask for the fields of an Error, which it never reads when `details` is there.
  readonly name: string;
  readonly message: string;
}

/**
 * grpc-js percent-encodes the text with encodeURI, which throws on a lone surrogate; out of a stream's event that would
 * be the end of the process. Texts may quote what a client sent, so they are mended here.
 */
export function toFailure(status: Status, metadata: Metadata | undefined): GrpcJsFailure {
  const details = wellFormed(status.message);
  const failure = { code: status.code, details, message: details, name: 'Error' };
  return metadata === undefined ? failure : { ...failure, metadata };
}

function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
}

/** What grpc-js says of a message over the limit, which its decoder finds before any code of ours runs. */
const OVERSIZE = /^Received message larger than max \((\d+) vs (\d+)\)$/;

type ServerCall = Parameters<ServerInterceptor>[1];
type PartialStatus = Parameters<ServerCall['sendStatus']>[0];

/**
 * Gives every call the words of etcd's runtime, on which clients have come to rely. One shared function on the call, not
 * a wrapper around it: interceptors proper would cost several objects a call.
 */
export const etcdStatusText: ServerInterceptor = (_method, call) => {
  call.sendStatus = sendStatusInWordsOfEtcd;
  // The typings ask for the wrapping class; the runtime for anything with the methods of a call.
  return call as ReturnType<ServerInterceptor>;
};

function sendStatusInWordsOfEtcd(this: ServerCall, status: PartialStatus): void {
  const inherited = Object.getPrototypeOf(this) as ServerCall;
  inherited.sendStatus.call(this, translated(status));
}

function translated(status: PartialStatus): PartialStatus {
  if (status.code !== GrpcJsCode.RESOURCE_EXHAUSTED || typeof status.details !== 'string') return status;
  const match = OVERSIZE.exec(status.details);
  if (match === null) return status;
  return { ...status, details: `grpc: received message larger than max (${match[1]} vs. ${match[2]})` };
}
