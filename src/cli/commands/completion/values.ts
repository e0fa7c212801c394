import { isUtf8 } from 'node:buffer';
import type { Argument, Option } from 'commander';
import { Client, RaftKvError } from '../../../client/index.js';
import { hex64 } from '../../../util/integer.js';
import { LOCAL_CLUSTER, variablesOf } from '../../parsing/client-options.js';
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
const FILE_FLAGS: readonly string[] = ['--output', '--config-file', '--data-dir', '--wal-dir'];

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
    case 'id':
      return command === 'lease' ? await leases(source) : await members(source);
    case 'file':
    case 'data-dir':
      return 'files';
    default:
      return [];
  }
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
  const given = source.current.slice(0, source.current.lastIndexOf(',') + 1);
  return await ask(source, async (client) => {
    const list = await client.memberList({ linearizable: false });
    return list.members.flatMap(({ clientUrls, name }) =>
      clientUrls.map((url) => ({ text: `${given}${url.replace(/^http:\/\//, '')}`, note: name })),
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
      endpoints: endpointsOf(source).split(','),
      timeoutMs: QUESTION_MS,
      connectTimeoutMs: CONNECT_MS,
      unreachableMs: CONNECT_MS,
    });
    return await question(client);
  } catch (error) {
    if (error instanceof RaftKvError) return [];
    throw error;
  }
}

/** The endpoints as the completed command would see them. */
function endpointsOf({ words, streams }: Source): string {
  // Without the word at the cursor, which may be an incomplete list.
  const given = words.slice(0, -1);
  const flag = given.lastIndexOf('--endpoints');
  const joined = given.findLast((word) => word.startsWith('--endpoints='))?.slice('--endpoints='.length);
  const named = joined ?? (flag < 0 ? undefined : given[flag + 1]);
  const [variable, other] = variablesOf('endpoints').map((name) => streams.variables[name]);
  return named || variable || other || LOCAL_CLUSTER;
}
