import { Option } from 'commander';
import type { ClientOptions, TlsOptions } from '../../client/index.js';
import { askPassword } from '../process/password.js';
import { CommandError } from '../process/streams.js';
import type { Streams } from '../process/streams.js';

/** The flags of TLS and of users, as etcdctl has them. */
export interface SecurityFlags {
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecureSkipTlsVerify: boolean;
  /** False for connections with TLS to endpoints without a scheme. */
  readonly insecureTransport: boolean;
  readonly user?: string;
  readonly password?: string;
}

/** The options, in the order of the help. */
export function securityOptions(): readonly Option[] {
  return [
    new Option('--cacert <file>', 'CA certificates (PEM) that must have signed those of the members'),
    new Option('--cert <file>', 'certificate (PEM) that identifies this client'),
    new Option('--key <file>', 'key (PEM) of the certificate'),
    new Option('--insecure-skip-tls-verify', 'accept any certificate of a member; for trials only'),
    new Option(
      '--insecure-transport',
      'do not use TLS for endpoints without a scheme; on unless --cacert, --cert or --key is given',
    ).default(true, 'true'),
    new Option('--user <name>', 'user, as NAME or NAME:PASSWORD; asks for a password that is not given'),
    new Option('--password <password>', 'password of the user'),
  ];
}

/** How the names of the flags begin: those of another cluster have a prefix. */
export type FlagPrefix = '' | 'dest-';

/** The client's options for the flags. Asks for the password if only a user is given. @throws CommandError */
export async function securityOf(
  { endpoints, ...flags }: SecurityFlags & { readonly endpoints: string },
  streams: Pick<Streams, 'stdin' | 'stderr'>,
  prefix: FlagPrefix = '',
): Promise<Pick<ClientOptions, 'endpoints' | 'tls' | 'user' | 'password'>> {
  return { ...transportOf({ ...flags, endpoints }, prefix), ...(await credentialsOf(flags, streams, prefix)) };
}

/** The endpoints and the use of TLS. An endpoint without a scheme uses TLS if one of the flags of TLS is given. */
export function transportOf(
  { endpoints, ...flags }: SecurityFlags & { readonly endpoints: string },
  prefix: FlagPrefix = '',
): Pick<ClientOptions, 'endpoints' | 'tls'> {
  const list = endpoints.split(',');
  const { cacert, cert, key, insecureSkipTlsVerify } = flags;
  for (const [name, value] of Object.entries({ cacert, cert, key })) {
    if (value === '') throw new CommandError(`--${prefix}${name} is empty: it takes the path of a file`);
  }
  const isSecure = usesTls(flags);
  if (!isSecure && !insecureSkipTlsVerify) return { endpoints: list };
  const tls: TlsOptions = {
    ...(cacert === undefined ? {} : { ca: cacert }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    insecureSkipVerify: insecureSkipTlsVerify,
  };
  return { endpoints: isSecure ? list : list.map(withoutTls), tls };
}

/** Whether endpoints without a scheme use TLS. */
export function usesTls({ cacert, cert, key, insecureTransport }: SecurityFlags): boolean {
  return cacert !== undefined || cert !== undefined || key !== undefined || !insecureTransport;
}

/** The endpoint, with a scheme that says that it does not use TLS unless it has one. */
function withoutTls(endpoint: string): string {
  return /^(?:\w+:\/\/|unixs?:\/)/.test(endpoint.trim()) ? endpoint : `http://${endpoint.trim()}`;
}

async function credentialsOf(
  { user = '', password = '' }: Pick<SecurityFlags, 'user' | 'password'>,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
  prefix: FlagPrefix,
): Promise<Pick<ClientOptions, 'user' | 'password'>> {
  if (user === '') return {};
  const found = password === '' ? await split(user, streams) : { user, password };
  if (found.user === '') throw new CommandError(`--${prefix}user has no name`);
  if (found.password === '') throw new CommandError(`the password of ${found.user} is empty`);
  return found;
}

/** With a password of its own, a name may hold a colon. Otherwise the first colon ends it. */
async function split(
  text: string,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
): Promise<{ readonly user: string; readonly password: string }> {
  const colon = text.indexOf(':');
  if (colon >= 0) return { user: text.slice(0, colon), password: text.slice(colon + 1) };
  return { user: text, password: await askPassword(streams, 'Password: ') };
}
