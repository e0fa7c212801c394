import type { Http2Server, ServerHttp2Stream } from 'node:http2';
import type { Server, ServerDuplexStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { assert } from '../../util/assert.js';

/*
 * grpc-js has no interface for the HTTP/2 sessions and streams below its calls, on which bounds on memory and on misuse
 * have to act. This file alone reads its private fields; every read is checked.
 */

export type RawUnary = ServerUnaryCall<Buffer, Buffer>;
export type RawServerStream = ServerWritableStream<Buffer, Buffer>;
export type RawBidi = ServerDuplexStream<Buffer, Buffer>;
export type RawCall = RawUnary | RawServerStream | RawBidi;

/** The HTTP/2 server of a server's connection injector, its only one. */
export function http2ServerOf(server: Server): Http2Server {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  const [http2Server, ...others] = http2Servers?.keys() ?? [];
  assert(http2Server !== undefined && others.length === 0, 'a grpc-js server has one HTTP/2 server');
  return http2Server;
}

/** The HTTP/2 stream of a call as interceptors see it. */
export function streamOf(call: object): ServerHttp2Stream {
  const { stream } = call as { readonly stream?: ServerHttp2Stream };
  assert(stream !== undefined, 'a grpc-js call has an HTTP/2 stream');
  return stream;
}

/** The same of a call as handlers see it. */
export function streamOfHandled(raw: RawCall): ServerHttp2Stream {
  const { call } = raw as unknown as { readonly call?: object };
  assert(call !== undefined, 'a grpc-js handler has a call');
  return streamOf(call);
}
