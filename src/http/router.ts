import type { IncomingMessage, ServerResponse } from 'node:http';
import { Code } from '../rpc/status.js';
import { answerError, answerText, TEXT } from './answers.js';

/** The HTTP methods of a path, and its handler. */
export interface Route {
  readonly allow: 'GET' | 'POST' | 'GET, HEAD';
  readonly handle: (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void;
}

export type Routes = ReadonlyMap<string, Route>;

/** Prefix of the JSON gateway in etcd 3.3, which older clients use. */
const OLD_PREFIX = '/v3beta/';
const PREFIX = '/v3/';

/** Dispatches requests to their routes; without a route it answers as etcd does. */
export function routing(routes: () => Routes): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const { path, query } = parts(request.url ?? '/');
    const route = routes().get(path);
    if (route === undefined) {
      if (path.startsWith(PREFIX)) return answerError(response, 404, { code: Code.NOT_FOUND, message: 'Not Found' });
      return answerText(response, 404, '404 page not found\n', TEXT);
    }
    if (!route.allow.split(', ').includes(request.method ?? '')) {
      response.setHeader('allow', route.allow);
      // As grpc-gateway 2 does: a method that is not allowed is not implemented.
      if (path.startsWith(PREFIX))
        return answerError(response, 501, { code: Code.UNIMPLEMENTED, message: 'Method Not Allowed' });
      return answerText(response, 405, 'Method Not Allowed\n', TEXT);
    }
    route.handle(request, response, new URLSearchParams(query));
  };
}

/** Whether the target of a request is a path of the JSON gateway. */
export function isGatewayPath(url: string): boolean {
  return parts(url).path.startsWith(PREFIX);
}

/** Splits the target of a request; it may be a whole URL, as sent to proxies. */
function parts(url: string): { readonly path: string; readonly query: string } {
  const local = url.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = local.indexOf('?');
  const path = mark === -1 ? local : local.slice(0, mark);
  return {
    path: path.startsWith(OLD_PREFIX) ? PREFIX + path.slice(OLD_PREFIX.length) : path,
    query: mark === -1 ? '' : local.slice(mark + 1),
  };
}
