import { withoutUserInfo } from '../../util/user-info.js';
import { invalidArgument } from '../errors.js';
import { stringArgument } from './arguments.js';

/** The address of one member. */
export interface Endpoint {
  /** Its name in errors and answers: host:port or unix:///path, after the scheme if that is not the default one. */
  readonly name: string;
  /** The address in the form of the gRPC library. Two endpoints of one member and scheme have the same target. */
  readonly target: string;
  /** Whether connections use TLS. */
  readonly secure: boolean;
  /** The address for a socket. */
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
}

const PORT = 2379;
const FORM = /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[^/:?#@\s]+|(?=:\d))(?::(\d{1,5}))?\/?$/i;
const SOCKET = /^(unixs?):(?:\/\/(.+)|(\/.+))$/i;

/**
 * Accepts host:port, host, http://host:port and https://host:port, with IPv6 hosts in brackets, :port for this machine as
 * Go does, and unix:///path or unix:/path for a socket of the file system (unixs: with TLS). The scheme may be in capitals.
 * @param secureByDefault whether an endpoint without a scheme uses TLS
 * @throws RaftKvError `invalid-argument` if the endpoint is malformed
 */
export function parseEndpoint(text: string, secureByDefault = false): Endpoint {
  stringArgument(text, 'an endpoint');
  return parseSocket(text) ?? parseUrl(text, secureByDefault);
}

function parseSocket(text: string): Endpoint | undefined {
  const [, scheme = '', afterSlashes, absolute] = SOCKET.exec(text.trim()) ?? [];
  const path = afterSlashes ?? absolute;
  if (path === undefined) return undefined;
  const secure = scheme.toLowerCase() === 'unixs';
  // The library takes a relative path only without slashes after the scheme.
  return { name: `${secure ? 'unixs' : 'unix'}://${path}`, target: `unix:${path}`, secure, address: { path } };
}

function parseUrl(text: string, secureByDefault: boolean): Endpoint {
  const [, scheme, found, digits] = FORM.exec(text.trim()) ?? [];
  const port = Number(digits ?? PORT);
  if (found === undefined || port > 65_535) {
    throw invalidArgument(
      `"${withoutUserInfo(text)}" is not an endpoint, as in 127.0.0.1:2379 or https://127.0.0.1:2379`,
    );
  }
  const host = found === '' ? 'localhost' : found;
  const target = `${host}:${port}`;
  const secure = scheme === undefined ? secureByDefault : scheme.toLowerCase() === 'https';
  const isNamed = scheme !== undefined && (secure || secureByDefault);
  return {
    name: isNamed ? `${secure ? 'https' : 'http'}://${target}` : target,
    target,
    secure,
    address: { host: host.replace(/^\[|\]$/g, ''), port },
  };
}
