import { raftkv } from '../gen/proto.js';
import { stream, type Method } from '../rpc/service.js';
import type { GrpcTransport } from '../transport/grpc-transport.js';

/** Where other members' links arrive. */
export function peerService(transport: GrpcTransport): readonly Method[] {
  return [
    stream<raftkv.PeerFrame>('bidi', {
      path: '/raftkv.Peer/Link',
      decode: (body) => raftkv.PeerFrame.decode(body),
      handle: (call) => transport.acceptLink(call),
    }),
  ];
}
