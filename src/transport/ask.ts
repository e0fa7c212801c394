import { connect as connectHttp2, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { connectPlain, type Connect } from './connect.js';
import { decodeText } from './dial.js';

/** gRPC prefixes every message with a flag and a length. */
const PREFIX_BYTES = 5;
/** Largest accepted answer. A list of members is far smaller. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Errors of Node.js in plain words. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'host unreachable',
  ETIMEDOUT: 'host unreachable',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be resolved now',
  ERR_HTTP2_ERROR: 'not the peer port of a member',
  ERR_HTTP2_STREAM_ERROR: 'the call was broken off',
};

/** A member answered with an error. */
export class PeerRefusal extends Error {
  override readonly name = 'PeerRefusal';
  /** The gRPC status code. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface PeerQuestion {
  readonly path: string;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  /** Default: without TLS. */
  readonly connect?: Connect | undefined;
}

/**
 * Makes one unary call to a member's peer port, on a new connection. For a member that has no links yet.
 * @returns the encoded answer
 * @throws PeerRefusal if the answer is an error
 * @throws Error with the reason in a few words if there is no answer
 */
export function askPeer(
  url: string,
  { path, body, timeoutMs, connect = connectPlain }: PeerQuestion,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect(url, 'h2');
    const session = connectHttp2(url, { createConnection: () => socket });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
      session.destroy();
    };
    const fail = (why: string | PeerRefusal): void =>
      finish(() => reject(typeof why === 'string' ? new Error(why) : why));
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    session.on('error', (error: NodeJS.ErrnoException) => fail(reasonOf(error)));
    session.on('close', () => fail('the connection was closed'));
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const onHeaders = (headers: IncomingHttpHeaders & IncomingHttpStatusHeader): void => {
      const code = headers['grpc-status'];
      if (code === undefined) return;
      if (code !== '0')
        return fail(
          new PeerRefusal(Number(code), decodeText(headers['grpc-message']) || `gRPC status ${String(code)}`),
        );
      const answer = Buffer.concat(chunks);
      if (answer.length < PREFIX_BYTES) return fail('an empty answer');
      finish(() => resolve(answer.subarray(PREFIX_BYTES, PREFIX_BYTES + answer.readUInt32BE(1))));
    };
    stream.on('response', onHeaders);
    stream.on('trailers', onHeaders);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) fail('an answer that is too large');
      else chunks.push(chunk);
    });
    stream.on('error', (error: NodeJS.ErrnoException) => fail(reasonOf(error)));
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([prefix, body]));
  });
}

/** A stream that waits for its connection reports why it was cancelled; the cause is the error of the connection. */
function reasonOf(error: NodeJS.ErrnoException): string {
  const { code = '', message } = error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException) : error;
  return REASONS[code] ?? message;
}
