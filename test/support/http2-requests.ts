import { once } from 'node:events';
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2';

export interface StreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Requests of HTTP/2 that are not gRPC's, on one connection. */
export class Http2Requests {
  readonly session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on('error', () => undefined);
  }

  static async connect(url: string, options: SecureClientSessionOptions = {}): Promise<Http2Requests> {
    // In MB: Node's client counts its own unsent bodies, and resets its streams beyond 10 MB.
    const session = connect(url, { maxSessionMemory: 1_000, ...options });
    await once(session, 'connect');
    return new Http2Requests(session);
  }

  /** A request whose body is not sent yet. */
  open(path: string, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
    return this.session
      .request({ ':method': 'POST', ':path': path, ...headers }, { endStream: false })
      .on('error', () => undefined);
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<StreamAnswer> {
    const stream = this.session
      .request({ ':path': path, ...headers }, { endStream: true })
      .on('error', () => undefined);
    return streamAnswer(stream);
  }

  post(path: string, body: string | Buffer, headers: OutgoingHttpHeaders = {}): Promise<StreamAnswer> {
    const stream = this.open(path, headers);
    stream.end(body);
    return streamAnswer(stream);
  }

  close(): void {
    this.session.destroy();
  }
}

/** @throws Error that names the code of RST_STREAM if the answer is not whole */
export async function streamAnswer(stream: ClientHttp2Stream): Promise<StreamAnswer> {
  let headers: IncomingHttpHeaders = {};
  let hasEnded = false;
  const parts: Buffer[] = [];
  stream.on('response', (received) => (headers = received));
  stream.on('data', (part: Buffer) => parts.push(part)).on('end', () => (hasEnded = true));
  if (!stream.closed || !stream.destroyed) await new Promise((resolve) => stream.once('close', resolve));
  const { ':status': status } = headers as { ':status'?: number };
  if (status === undefined || !hasEnded || stream.rstCode !== 0) throw new Error(`reset with ${stream.rstCode}`);
  return { status, headers, body: Buffer.concat(parts).toString() };
}
