import type { Socket } from 'node:net';
import type { ConnectionAnswers } from '../answer-room.js';
import type { Connection } from '../http2/connection.js';
import type { RequestHead } from '../http2/request-head.js';
import type { ServerStream } from '../http2/stream.js';
import type { ConnectionRequests } from '../unfinished-requests.js';

/** The connection of a request. */
export interface RequestOrigin {
  readonly connection: Connection;
  /** The accepted socket, which has the addresses and, with TLS, the certificate of the client. */
  readonly socket: Socket;
  /** Bounds the unsent answers of the connection. */
  readonly answers: ConnectionAnswers;
  /** Bounds the bytes of requests that the connection's handlers have not taken. */
  readonly requests: ConnectionRequests;
}

/** Begins a request. @returns its stream, or undefined to refuse it so that the client may send it elsewhere */
export type OpenStream = (id: number) => ServerStream | undefined;

/** Serves the requests on a host's connections that are not gRPC's. */
export interface OtherRequests {
  /** How requests with a head are served. Called once for requests of a connection with equal heads. Must not throw. */
  route(head: RequestHead, origin: RequestOrigin): OpenStream;
}
