import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type ClientRequest, type RequestOptions } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ClientPort } from '../../src/http/client-port.js';
import { gatewayRoutes } from '../../src/http/gateway/gateway.js';
import type { HealthSource } from '../../src/http/health-routes.js';
import { HttpHost, type RequestHandler } from '../../src/http/host.js';
import { HttpStreams } from '../../src/http/streams/http-streams.js';
import { routing, type Route } from '../../src/http/router.js';
import { NativeHost } from '../../src/rpc/native/native-host.js';
import type { MemberAnswers } from '../../src/rpc/answer-room.js';
import type { Method } from '../../src/rpc/service.js';
import { Schema } from '../../src/schema/schema.js';
import { RecordingLogger } from '../support/recording-logger.js';

export const MESSAGE_BYTES_MAX = 64 * 1024;

/** A service with one text in and one out: `/test.Service/Call`, `Read` and `Talk`, at `/v3/call`, `/v3/read`, `/v3/talk`. */
export const TEST_SCHEMA = new Schema({
  nested: {
    test: {
      nested: {
        Text: { fields: { text: { type: 'string', id: 1 } } },
        Service: {
          methods: {
            Call: { requestType: 'Text', responseType: 'Text' },
            Read: { requestType: 'Text', responseType: 'Text', responseStream: true },
            Talk: { requestType: 'Text', responseType: 'Text', requestStream: true, responseStream: true },
          },
        },
      },
    },
  },
});

const TEST_PATHS = {
  '/test.Service/Call': ['/v3/call', '/v3/again'],
  '/test.Service/Read': ['/v3/read'],
  '/test.Service/Talk': ['/v3/talk'],
};

/** A healthy member. */
export const HEALTHY: HealthSource = {
  hasLeader: () => true,
  isLearner: () => false,
  alarms: () => [],
  read: () => Promise.resolve(undefined),
  version: { etcdserver: '3.6.1', etcdcluster: '3.6.0', storage: '3.6.0' },
};

export interface ServedPortOptions {
  readonly silenceMs?: number;
  readonly headMs?: number;
  readonly maxConcurrentStreams?: number;
  /** The memory for unsent answers. */
  readonly answers?: MemberAnswers;
  /** A different schema from that of the test service, with etcd's paths. */
  readonly schema?: Schema;
  /** A check before the routes. */
  readonly guard?: (handle: RequestHandler) => RequestHandler;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Both protocols on a free loopback port. */
export class ServedPort {
  readonly logger = new RecordingLogger();
  readonly port: ClientPort;
  /** The server's end of each incoming connection. */
  readonly sockets: Socket[] = [];
  /** Every request that reached a handler. */
  readonly requests: IncomingMessage[] = [];
  readonly #listener: Server;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(methods: readonly Method[], options: ServedPortOptions, extra: [string, Route][]) {
    const { guard, silenceMs, headMs, maxConcurrentStreams } = options;
    const gateway = gatewayRoutes({
      methods,
      schema: options.schema ?? TEST_SCHEMA,
      messageBytesMax: MESSAGE_BYTES_MAX,
      logger: this.logger,
      ...(options.answers !== undefined && { answers: options.answers }),
      ...(options.schema === undefined && { paths: TEST_PATHS }),
      ...(maxConcurrentStreams !== undefined && { callsMax: maxConcurrentStreams }),
    });
    const routes = new Map([...gateway, ...extra]);
    const route = routing(() => routes);
    const recorded: RequestHandler = (request, response) => {
      this.requests.push(request);
      route(request, response);
    };
    const handle = guard === undefined ? recorded : guard(recorded);
    const { logger } = this;
    const http = new HttpHost({ handle, logger, ...(headMs !== undefined && { headMs }) });
    this.port = new ClientPort({
      grpc: new NativeHost({
        methods,
        logger,
        ...(maxConcurrentStreams !== undefined && { maxConcurrentStreams }),
        ...(options.answers !== undefined && { answers: options.answers }),
        others: new HttpStreams({ host: http }),
      }),
      http,
      ...(silenceMs !== undefined && { silenceMs }),
    });
    this.#listener = createServer({ noDelay: true }, (socket) => {
      this.sockets.push(socket);
      this.port.accept(socket);
    });
  }

  static async start(
    methods: readonly Method[],
    options: ServedPortOptions = {},
    extra: [string, Route][] = [],
  ): Promise<ServedPort> {
    const served = new ServedPort(methods, options, extra);
    served.#listener.listen(0, '127.0.0.1');
    await once(served.#listener, 'listening');
    return served;
  }

  get number(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  async rawSocket(): Promise<Socket> {
    const socket = connect(this.number, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  /** A request whose body is not written yet. */
  open(path: string, options: RequestOptions = {}): ClientRequest {
    const opened = request({
      port: this.number,
      host: '127.0.0.1',
      path,
      method: 'POST',
      agent: this.#agent,
      ...options,
    });
    opened.on('error', () => undefined);
    return opened;
  }

  post(path: string, body: string | Buffer, options: RequestOptions = {}): Promise<Answer> {
    const sent = this.open(path, options);
    sent.end(body);
    return answerTo(sent);
  }

  get(path: string): Promise<Answer> {
    return this.post(path, '', { method: 'GET' });
  }

  async stop(graceMs = 0): Promise<void> {
    this.#listener.close();
    await this.port.close({ graceMs });
    this.#agent.destroy();
    for (const socket of this.sockets) socket.destroy();
  }
}

export function answerTo(sent: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
  });
}

/** Everything that a raw connection receives until it is closed. */
export async function untilClosed(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  if (!socket.closed) await once(socket, 'close');
  return heard;
}
