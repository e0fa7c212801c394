import type { CallKind } from './failures.js';

/** One method of the API: its path, its codecs, and whether the client may repeat it freely (`read`) or not (`write`). */
export interface Method<Request, Response> {
  readonly path: string;
  readonly kind: CallKind;
  /** For a write: the server applies it once, however often it is sent, and answers as at first. */
  readonly once?: boolean;
  /** Whether it is sent without the client's token. */
  readonly anonymous?: boolean;
  readonly encode: (request: Request) => Uint8Array;
  readonly decode: (body: Uint8Array) => Response;
}

interface Encoder<Request> {
  encode(request: Request): { finish(): Uint8Array };
}

interface Decoder<Response> {
  decode(body: Uint8Array): Response;
}

export function method<Request, Response>(
  kind: CallKind,
  path: string,
  codec: { request: Encoder<Request>; response: Decoder<Response> },
): Method<Request, Response> {
  return methodAt(kind, `/etcdserverpb.${path}`, codec);
}

export function methodAt<Request, Response>(
  kind: CallKind,
  path: string,
  codec: { request: Encoder<Request>; response: Decoder<Response> },
): Method<Request, Response> {
  return {
    path,
    kind,
    encode: (request) => codec.request.encode(request).finish(),
    decode: (body) => codec.response.decode(body),
  };
}
