import type { Method } from '../../rpc/service.js';

const KINDS = { unary: 'unary', 'server-stream': 'server_stream', bidi: 'bidi_stream' } as const;

export type MethodLabels = Readonly<Record<'grpc_method' | 'grpc_service' | 'grpc_type', string>>;

/** The labels of a method in the metrics of gRPC. */
export function methodLabels({ path, kind }: Pick<Method, 'path' | 'kind'>): MethodLabels {
  const [, service = '', name = ''] = path.split('/');
  return { grpc_method: name, grpc_service: service, grpc_type: KINDS[kind] };
}
