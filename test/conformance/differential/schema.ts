import { join } from 'node:path';
import protobuf from 'protobufjs';
import { defined } from '../../../src/util/assert.js';
import type { Codecs } from '../../support/etcd-client.js';

/** A message in its JSON mapping: bytes in base64, 64-bit integers as decimal strings, enums by name. */
export interface Plain {
  readonly [field: string]: unknown;
}

/** A unary method with its codecs. */
export interface Method {
  /** As in `/etcdserverpb.KV/Put`. */
  readonly path: string;
  readonly codecs: Codecs<Plain, Plain>;
}

const PROTO = new URL('../../../proto', import.meta.url).pathname;
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(PROTO, target);
root.loadSync(['etcd/rpc.proto', 'etcd/v3lock.proto', 'etcd/v3election.proto']);

/** @param name as in `KV/Put` */
export function methodOf(name: string): Method {
  const { path, request, response } = methodTypes(name);
  return {
    path,
    codecs: {
      request: { encode: (message) => request.encode(request.fromObject(message)) },
      response: { decode: (bytes) => toPlain(response, bytes) },
    },
  };
}

/** @param name as in `KV/Put`, or `v3lockpb.Lock/Lock` */
export function methodTypes(name: string): {
  readonly path: string;
  /** The caller sends any number of messages. */
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
} {
  const fullName = name.includes('.') ? name : `etcdserverpb.${name}`;
  const service = root.lookupService(defined(fullName.split('/')[0], 'the service'));
  const method = defined(service.methods[defined(fullName.split('/')[1], 'the method')], name);
  method.resolve();
  return {
    path: `/${fullName}`,
    request: defined(method.resolvedRequestType, 'the request'),
    response: defined(method.resolvedResponseType, 'the response'),
    requestStream: method.requestStream ?? false,
    responseStream: method.responseStream ?? false,
  };
}

export function toPlain(type: protobuf.Type, bytes: Uint8Array): Plain {
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, enums: String, json: true });
}
