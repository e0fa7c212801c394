import type { IncomingMessage, ServerResponse } from 'node:http';
import { Code } from '../rpc/status.js';
import { answerError, answerText, TEXT } from './answers.js';

/** What a path answers to. */
export interface Route {
  readonly allow: 'GET' | 'POST' | 'GET, HEAD';
  readonly handle: (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void;
}

export type Routes = ReadonlyMap<string, Route>;

/** The JSON gateway's older name, in clients that were written for etcd 3.3. */
const OLD_PREFIX = '/v3beta/';
const PREFIX = '/v3/';

/** Finds the route of a request, and answers as etcd does where there is none. */
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

/** Also of the form that is sent to proxies, with scheme and host in front. */
function parts(url: string): { readonly path: string; readonly query: string } {
  const local = url.replace(/^https?:\/\/[^/?]*/, '');
  const mark = local.indexOf('?');
  const path = mark === -1 ? local : local.slice(0, mark);
  return {
    path: path.startsWith(OLD_PREFIX) ? PREFIX + path.slice(OLD_PREFIX.length) : path,
    query: mark === -1 ? '' : local.slice(mark + 1),
  };
}
