import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { Client, credentials, Metadata, status as Code, type CallOptions, type ServiceError } from '@grpc/grpc-js';
import { GrpcJsHost } from '../../src/rpc/grpc-js/grpc-js-host.js';
import type { GrpcHostOptions, SocketHost } from '../../src/rpc/host.js';
import type { Method } from '../../src/rpc/service.js';
import { RecordingLogger } from '../support/recording-logger.js';
import type { HostUnderTest } from './host-under-test.js';

export interface StartOptions extends Omit<Partial<GrpcHostOptions>, 'methods' | 'logger'> {
  /** Default: a GrpcJsHost. */
  readonly create?: HostUnderTest['create'];
}

const createGrpcJsHost: HostUnderTest['create'] = (options) => new GrpcJsHost(options);

const identity = (bytes: Buffer): Buffer => bytes;

/** The result of a unary call: an answer, or a code and a text. */
export type Outcome =
  | { readonly body: string; readonly trailers: Record<string, unknown> }
  | { readonly code: number; readonly details: string; readonly trailers: Record<string, unknown> };

/** A host on a free loopback port, with a client that sends and receives raw bytes. */
export class ServedHost {
  readonly host: SocketHost;
  readonly logger = new RecordingLogger();
  /** The server's end of each incoming connection. */
  readonly sockets: Socket[] = [];
  readonly #listener: Server;
  readonly #clients: Client[] = [];

  private constructor(methods: readonly Method[], { create = createGrpcJsHost, ...options }: StartOptions) {
    this.host = create({ methods, logger: this.logger, ...options });
    this.#listener = createServer({ noDelay: true }, (socket) => {
      this.sockets.push(socket);
      this.host.accept(socket);
    });
  }

  static async start(methods: readonly Method[], options: StartOptions = {}): Promise<ServedHost> {
    const served = new ServedHost(methods, options);
    served.#listener.listen(0, '127.0.0.1');
    await once(served.#listener, 'listening');
    return served;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  client(): Client {
    const client = new Client(`127.0.0.1:${this.port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
    });
    this.#clients.push(client);
    return client;
  }

  /** A raw connection, for bytes that no gRPC client would send. */
  async rawSocket(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  unary(path: string, body: string, { metadata = new Metadata(), options = {} }: UnaryExtras = {}): Promise<Outcome> {
    return unaryOn(this.client(), path, Buffer.from(body), { metadata, options });
  }

  async stop(graceMs = 0): Promise<void> {
    this.#listener.close();
    await this.host.close({ graceMs });
    for (const client of this.#clients) client.close();
  }
}

/** The trailers. Without an answer there is one block of headers, which includes HTTP's own. */
export function trailersOf(metadata: Metadata): Record<string, unknown> {
  const { 'content-type': _type, date: _date, ...trailers } = metadata.getMap();
  return trailers;
}

export interface UnaryExtras {
  readonly metadata?: Metadata;
  readonly options?: CallOptions;
}

export function unaryOn(
  client: Client,
  path: string,
  body: Buffer,
  { metadata = new Metadata(), options = {} }: UnaryExtras = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    let answer: { error: ServiceError | null; body: Buffer | undefined } | undefined;
    const call = client.makeUnaryRequest<Buffer, Buffer>(
      path,
      identity,
      identity,
      body,
      metadata,
      options,
      (error, value) => (answer = { error, body: value }),
    );
    call.on('status', (status) => {
      const trailers = trailersOf(status.metadata);
      if (status.code !== Code.OK) resolve({ code: status.code, details: status.details, trailers });
      else setImmediate(() => resolve({ body: answer?.body?.toString() ?? '', trailers }));
    });
  });
}

export function bidiOn(client: Client, path: string): ReturnType<typeof client.makeBidiStreamRequest<Buffer, Buffer>> {
  const call = client.makeBidiStreamRequest<Buffer, Buffer>(path, identity, identity);
  call.on('error', () => undefined);
  return call;
}

export function serverStreamOn(client: Client, path: string, body: string) {
  const call = client.makeServerStreamRequest<Buffer, Buffer>(path, identity, identity, Buffer.from(body));
  call.on('error', () => undefined);
  return call;
}
