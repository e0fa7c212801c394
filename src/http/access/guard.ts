import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertNever } from '../../util/assert.js';
import { answer, answerText, TEXT } from '../answers.js';
import type { RequestHandler } from '../host.js';
import { ANY, type AccessControl } from './access-control.js';

/** Longest part of a request's header that is quoted in an answer, in characters. */
const QUOTED_CHARS_MAX = 256;

/** Refuses requests from foreign origins and for foreign hosts, and answers the preflight requests of browsers. */
export function guarded(access: AccessControl, handle: RequestHandler): RequestHandler {
  return (request, response) => {
    const found = access.check(request);
    switch (found.kind) {
      case 'foreign-host':
        return refuse(response, 421, foreignHost(found.host.slice(0, QUOTED_CHARS_MAX)));
      case 'foreign-origin':
        return refuse(response, 403, foreignOrigin(found.origin.slice(0, QUOTED_CHARS_MAX)));
      case 'admitted':
        if (found.allowOrigin !== undefined) setCorsHeaders(response, found.allowOrigin);
        if (request.method === 'OPTIONS') return answerPreflight(request, response);
        return handle(request, response);
      default:
        return assertNever(found);
    }
  };
}

function refuse(response: ServerResponse, code: number, text: string): void {
  // The rest of the body is not read.
  response.setHeader('connection', 'close');
  answerText(response, code, text, TEXT);
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers['transfer-encoding'] !== undefined) response.setHeader('connection', 'close');
  answer(response, 200, Buffer.alloc(0));
}

/** etcd's headers. */
function setCorsHeaders(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-methods', 'POST, GET, OPTIONS, PUT, DELETE');
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-headers', 'accept, content-type, authorization');
  if (origin !== ANY) response.setHeader('vary', 'Origin');
}

function foreignHost(host: string): string {
  return (
    `This member does not serve the host ${JSON.stringify(host)}: it is not one of its addresses or URLs.\n` +
    'To serve it, for example behind a load balancer, start the member with --host-whitelist and that name.\n' +
    'The check prevents DNS rebinding (CVE-2018-5702).\n'
  );
}

function foreignOrigin(origin: string): string {
  return (
    `This member refuses requests of web pages from the origin ${JSON.stringify(origin)}.\n` +
    'To admit them, start the member with --cors and that origin.\n'
  );
}
