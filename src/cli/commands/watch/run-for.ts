import { spawn } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { isUtf8 } from 'node:buffer';
import type { WatchEvent } from '../../../client/index.js';
import { onAbort } from '../../../util/abort.js';
import { goQuoted } from '../../output/go-quoted.js';
import { spawnFailure } from '../../process/spawning.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';

export interface RunOptions {
  readonly command: readonly string[];
  readonly streams: Streams;
  /** The store's revision when the event was sent, which etcdctl passes to the command. */
  readonly storeRevision: number;
  /** Ends the command with SIGTERM. */
  readonly interrupted: AbortSignal | undefined;
}

/** Runs the command for an event and waits until it ends. @throws CommandError if the command fails */
export async function runFor(
  event: WatchEvent,
  { command, streams, storeRevision, interrupted }: RunOptions,
): Promise<void> {
  const [program = '', ...args] = command;
  const { stdout, stderr } = streams;
  const env = { ...streams.variables, ...variablesOf(event, storeRevision) };
  const stdio: StdioOptions = ['ignore', hasFile(stdout) ? stdout : 'pipe', hasFile(stderr) ? stderr : 'pipe'];
  let forget = (): void => undefined;
  const outcome = await new Promise<string | undefined>((resolve) => {
    const fail = (error: unknown): void => resolve(spawnFailure(program, error));
    try {
      const child = spawn(program, args, { env, stdio });
      child.stdout?.pipe(stdout, { end: false });
      child.stderr?.pipe(stderr, { end: false });
      child.on('error', fail);
      forget = onAbort([interrupted], () => child.kill('SIGTERM'));
      child.on('close', (code, killer) => resolve(code === 0 ? undefined : endOf(code, killer)));
    } catch (error) {
      // An argument that no process can have, such as one with a zero byte.
      fail(error);
    }
  });
  forget();
  if (outcome !== undefined) throw new CommandError(`command ${JSON.stringify(command)} error (${outcome})`);
}

function endOf(code: number | null, signal: string | null): string {
  return signal === null ? `exit status ${code}` : `signal ${signal}`;
}

/** Whether the process can inherit the stream; any other stream is fed from a pipe. */
function hasFile(stream: object): stream is NodeJS.WriteStream {
  return 'fd' in stream && typeof stream.fd === 'number';
}

/** etcdctl's variables, quoted as in Go, and ours, unquoted; ours are absent for bytes that no variable can hold. */
function variablesOf(event: WatchEvent, storeRevision: number): Readonly<Record<string, string>> {
  const value = event.type === 'put' ? event.kv.value : Buffer.alloc(0);
  const type = event.type === 'put' ? 'PUT' : 'DELETE';
  return {
    ETCD_WATCH_REVISION: String(storeRevision),
    ETCD_WATCH_EVENT_TYPE: `"${type}"`,
    ETCD_WATCH_KEY: goQuoted(event.key),
    ETCD_WATCH_VALUE: goQuoted(value),
    RAFTKV_EVENT_TYPE: type,
    RAFTKV_EVENT_REVISION: String(event.revision),
    ...plain('RAFTKV_EVENT_KEY', event.key),
    ...plain('RAFTKV_EVENT_VALUE', value),
  };
}

function plain(name: string, bytes: Buffer): Readonly<Record<string, string>> {
  return isUtf8(bytes) && !bytes.includes(0) ? { [name]: bytes.toString() } : {};
}
