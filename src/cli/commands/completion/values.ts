import { isUtf8 } from 'node:buffer';
import type { Argument, Option } from 'commander';
import { Client, RaftKvError } from '../../../client/index.js';
import type { ClientOptions } from '../../../client/index.js';
import { hex64 } from '../../../util/integer.js';
import { LOCAL_CLUSTER, variablesOf } from '../../parsing/client-options.js';
import { transportOf } from '../../parsing/security-flags.js';
import type { SecurityFlags } from '../../parsing/security-flags.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import type { Candidate, Candidates } from './candidate.js';

/** What a value can depend on. */
export interface Source {
  readonly words: readonly string[];
  readonly streams: Streams;
  /** The command and its subcommands. */
  readonly path: readonly string[];
  /** The text to complete. */
  readonly current: string;
}

/** Time limit of a question to the cluster, in ms: the user waits for the key press. */
const QUESTION_MS = 500;
/** The part of it for connecting, in ms. */
const CONNECT_MS = 200;
/** Maximum number of keys to offer. */
const KEYS_MAX = 100;

/** The values of flags that have a parser of their own. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  '--consistency': ['default', 'consistent', 'stale'],
  '--sort-by': ['KEY', 'VERSION', 'CREATE', 'MODIFY', 'VALUE'],
  '--order': ['ASCEND', 'DESCEND'],
  '--load': ['s', 'm', 'l', 'xl'],
};
const FILE_FLAGS: readonly string[] = [
  ...['--output', '--config-file', '--data-dir', '--wal-dir'],
  ...['--cacert', '--cert', '--key', '--dest-cacert', '--dest-cert', '--dest-key'],
];

export async function valuesOfOption({ long, argChoices, optional }: Option, source: Source): Promise<Candidates> {
  const name = String(long);
  const words = argChoices ?? WORDS[name] ?? (optional ? ['true', 'false'] : undefined);
  if (words !== undefined) return words.map((text) => ({ text }));
  if (FILE_FLAGS.includes(name)) return 'files';
  if (name === '--endpoints') return await endpoints(source);
  if (name === '--lease') return await leases(source);
  if (name === '--prefix') return await keys(source);
  return [];
}

export async function valuesOfArgument(argument: Argument, source: Source): Promise<Candidates> {
  const [command] = source.path;
  switch (argument.name()) {
    case 'key':
    case 'range_end':
    case 'words':
      return await keys(source);
    case 'index':
      return await ask(source, async (client) => {
        const { indexes } = await client.indexList({ consistency: 'stale' });
        return indexes.map(({ name, state }) => ({ text: name, note: state }));
      });
    case 'id':
      return command === 'lease' ? await leases(source) : await members(source);
    case 'name':
      return command === 'feed' && source.path[1] !== 'create' ? await feeds(source) : [];
    case 'user':
      return await ask(source, async (client) => (await client.auth.userList()).users.map((text) => ({ text })));
    case 'role':
      return await ask(source, async (client) => (await client.auth.roleList()).roles.map((text) => ({ text })));
    case 'access':
      return ['read', 'write', 'readwrite'].map((text) => ({ text }));
    case 'file':
    case 'data-dir':
      return 'files';
    default:
      return [];
  }
}

async function feeds(source: Source): Promise<readonly Candidate[]> {
  return await ask(source, async (client) => (await client.feeds.list()).map(({ name }) => ({ text: name })));
}

async function keys(source: Source): Promise<readonly Candidate[]> {
  return await ask(source, async (client) => {
    const range = source.current === '' ? ({ all: true } as const) : { prefix: source.current };
    const { kvs } = await client.range(range, { limit: KEYS_MAX, keysOnly: true, consistency: 'stale' });
    return kvs
      .map(({ key }) => key)
      .filter(isPrintable)
      .map((key) => ({ text: key.toString() }));
  });
}

/** Keys that a shell can show on one line. */
function isPrintable(key: Buffer): boolean {
  return isUtf8(key) && !/\p{C}/u.test(key.toString());
}

async function members(source: Source): Promise<readonly Candidate[]> {
  return await ask(source, async (client) => {
    const list = await client.memberList({ linearizable: false });
    return list.members.map(({ id, name }) => ({ text: id, note: name === '' ? 'not started' : name }));
  });
}

/** Completes the last address of the list. */
async function endpoints(source: Source): Promise<readonly Candidate[]> {
  const before = source.current.slice(0, source.current.lastIndexOf(',') + 1);
  return await ask(source, async (client) => {
    const list = await client.memberList({ linearizable: false });
    return list.members.flatMap(({ clientUrls, name }) =>
      clientUrls.map((url) => ({ text: `${before}${url.replace(/^http:\/\//, '')}`, note: name })),
    );
  });
}

async function leases(source: Source): Promise<readonly Candidate[]> {
  return await ask(source, async (client) => (await client.leaseList()).ids.map((id) => ({ text: hex64(id) })));
}

/** Nothing if the cluster does not answer in time: a completion must not disturb the command line. */
async function ask(
  source: Source,
  question: (client: Client) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  try {
    await using client = new Client({
      ...transportOf(securityFlags(source)),
      ...credentialsGiven(source),
      timeoutMs: QUESTION_MS,
      connectTimeoutMs: CONNECT_MS,
      unreachableMs: CONNECT_MS,
    });
    return await question(client);
  } catch (error) {
    if (error instanceof RaftKvError || error instanceof CommandError) return [];
    throw error;
  }
}

/** The flags of connections, as the completed command would see them. */
function securityFlags(source: Source): SecurityFlags & { readonly endpoints: string } {
  const [cacert, cert, key] = ['cacert', 'cert', 'key'].map((flag) => given(source, flag));
  return {
    endpoints: given(source, 'endpoints') ?? LOCAL_CLUSTER,
    insecureTransport: !isOff(given(source, 'insecure-transport')),
    insecureSkipTlsVerify: given(source, 'insecure-skip-tls-verify') !== undefined,
    ...(cacert === undefined ? {} : { cacert }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Nothing if the password would have to be asked for. */
function credentialsGiven(source: Source): Pick<ClientOptions, 'user' | 'password'> {
  const [user, password] = ['user', 'password'].map((flag) => given(source, flag));
  if (user === undefined) return {};
  if (password !== undefined) return { user, password };
  const colon = user.indexOf(':');
  return colon < 0 ? {} : { user: user.slice(0, colon), password: user.slice(colon + 1) };
}

function isOff(text: string | undefined): boolean {
  return /^(?:0|f|false)$/i.test(text ?? '');
}

/** The value of a flag as the completed command would see it, of a switch any text; undefined if it is not given. */
function given({ words, streams }: Source, name: string): string | undefined {
  // Without the word at the cursor, which may be an incomplete list.
  const before = words.slice(0, -1);
  const flag = before.lastIndexOf(`--${name}`);
  const joined = before.findLast((word) => word.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
  const named = joined ?? (flag < 0 ? undefined : before[flag + 1]);
  const [variable, other] = variablesOf(name).map((each) => streams.variables[each]);
  return [named, variable, other].find((text) => text !== undefined && text !== '');
}
