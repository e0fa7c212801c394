import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { answerText, TEXT } from '../answers.js';
import type { RequestHandler } from '../host.js';
import { PacedSocket } from '../paced-socket.js';
import { isGatewayPath } from '../router.js';

/** etcd's text. */
const REFUSAL = 'CommonName of client sending a request against gateway will be ignored and not used as expected\n';

/**
 * Refuses calls through the JSON gateway on connections whose certificate would identify a user over gRPC: the gateway takes
 * users from tokens alone, so that the caller would not be who it expects. Other paths are served.
 * @param isCertified whether a connection's certificate names a user, while users count
 */
export function withoutCertified(isCertified: (socket: Socket) => boolean, handle: RequestHandler): RequestHandler {
  return (request, response) => {
    if (!isGatewayPath(request.url ?? '') || !isCertified(connectionOf(request))) return handle(request, response);
    // The body is not read.
    response.setHeader('connection', 'close');
    answerText(response, 400, REFUSAL, TEXT);
  };
}

/** The accepted connection of a request. */
function connectionOf({ socket }: IncomingMessage): Socket {
  return socket instanceof PacedSocket ? socket.accepted : socket;
}
