import type { Command } from 'commander';
import { op, RaftKvError, txn } from '../../client/index.js';
import type { Client, KeyValue, WatchEvent } from '../../client/index.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { Interruption } from '../process/interruption.js';
import { CommandError, write } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { argumentBytes } from '../parsing/arguments.js';

interface MirrorFlags extends ClientFlags, DestinationFlags {
  readonly prefix: string;
  /** True without a flag, false with `--no-dest-prefix`. */
  readonly destPrefix: string | boolean;
}

/** Maximum number of operations in one transaction, which is the server's default limit. */
const OPERATIONS = 128;
/** Approximate size of the values in one transaction, in bytes; well below the server's default limit of 1.5 MiB. */
const BYTES = 512 * 1024;
const REPORT_MS = 30_000;
/** TTL of the lease that detects equal clusters, in seconds. It is revoked at once. */
const PROBE_SECONDS = 60;

export function makeMirrorCommand(streams: Streams): Command {
  return new Subcommand('make-mirror')
    .description('copy keys to another cluster, then replicate every change until Ctrl-C')
    .argument('<destination>', 'addresses of members of the other cluster, separated by commas')
    .option('--prefix <prefix>', 'copy only the keys with this prefix', '')
    .option('--dest-prefix <prefix>', 'replace the prefix with this one')
    .option('--no-dest-prefix', 'remove the prefix')
    .option('--dest-cacert <file>', 'as --cacert, for the destination; the flags for the source do not apply to it')
    .option('--dest-cert <file>', 'as --cert, for the destination')
    .option('--dest-key <file>', 'as --key, for the destination')
    .option('--dest-insecure-transport', 'as --insecure-transport, for the destination', true)
    .option('--dest-user <name>', 'as --user, for the destination')
    .option('--dest-password <password>', 'as --password, for the destination')
    .notes(HELP)
    .example('raftkv make-mirror 10.0.0.9:2379')
    .example('raftkv make-mirror 10.0.0.9:2379 --prefix config/ --dest-prefix mirror/')
    .action(async (destination: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<MirrorFlags>();
      if (flags.prefix === '' && flags.destPrefix === false) {
        throw new CommandError('--no-dest-prefix needs a --prefix to remove');
      }
      const prefix = argumentBytes(flags.prefix, flags.hexInput);
      await using source = await makeClient(flags, streams);
      await using target = await makeClient(destinationFlags(flags, destination), streams, 'dest-');
      const replacement = replacementOf(flags, prefix);
      if (replacement.subarray(0, prefix.length).equals(prefix)) await refuseSameCluster(source, target);
      const mirror = new Mirror({ streams, target, prefix, replacement });
      await mirror.run(source);
    });
}

const HELP = `
Keys keep their values, but not their leases and their history. The writes of one transaction are replicated as one
transaction, up to 128 operations. The number of keys written is printed every 30 seconds. Other keys of the destination
are left unchanged.`;

interface DestinationFlags {
  readonly destCacert?: string;
  readonly destCert?: string;
  readonly destKey?: string;
  readonly destInsecureTransport: boolean;
  readonly destUser?: string;
  readonly destPassword?: string;
}

/** The flags of the client of the other cluster. What the source is trusted with, such as a password, is not sent to it. */
function destinationFlags(flags: MirrorFlags, endpoints: string): ClientFlags {
  const { cacert: _ca, cert: _cert, key: _key, user: _user, password: _password, ...rest } = flags;
  const { destCacert, destCert, destKey, destInsecureTransport, destUser, destPassword } = flags;
  return {
    ...rest,
    endpoints,
    insecureSkipTlsVerify: false,
    insecureTransport: destInsecureTransport,
    ...(destCacert === undefined ? {} : { cacert: destCacert }),
    ...(destCert === undefined ? {} : { cert: destCert }),
    ...(destKey === undefined ? {} : { key: destKey }),
    ...(destUser === undefined ? {} : { user: destUser }),
    ...(destPassword === undefined ? {} : { password: destPassword }),
  };
}

function replacementOf({ destPrefix, hexInput }: MirrorFlags, prefix: Buffer): Buffer {
  if (destPrefix === false) return Buffer.alloc(0);
  return typeof destPrefix === 'string' ? argumentBytes(destPrefix, hexInput) : prefix;
}

/**
 * Refuses to mirror a cluster onto itself, which would copy its own writes for ever. Clusters with the same initial
 * settings share an id, so a lease decides: both sides know a lease only if they are the same cluster.
 */
async function refuseSameCluster(source: Client, target: Client): Promise<void> {
  const { id, header } = await target.leaseGrant(PROBE_SECONDS);
  const found = await source.leaseTimeToLive(id);
  await target.leaseRevoke(id);
  if (found.leftSeconds < 0 || found.header.clusterId !== header.clusterId) return;
  throw new CommandError('the destination is the same cluster: give a --prefix and a different --dest-prefix');
}

interface MirrorOptions {
  readonly streams: Streams;
  readonly target: Client;
  readonly prefix: Buffer;
  readonly replacement: Buffer;
}

type Change = { readonly key: Buffer; readonly value: Buffer | undefined };

class Mirror {
  readonly #options: MirrorOptions;
  #written = 0;
  /** The revision at which the keys were copied. */
  #revision = 0;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Runs until Ctrl-C. @throws RaftKvError if either side fails and retries do not help */
  async run(source: Client): Promise<void> {
    const { streams, prefix } = this.#options;
    const { signal } = new Interruption(streams);
    const report = setInterval(() => void streams.stdout.write(`${this.#written}\n`), REPORT_MS);
    try {
      await this.#copy(source.scan({ prefix }, { signal, onRevision: (at) => (this.#revision = at) }));
      const watch = source.watch({ prefix, startRevision: this.#revision + 1, signal });
      for await (const { events } of watch.batches()) await this.#follow(events);
    } catch (error) {
      if (!signal.aborted || !(error instanceof RaftKvError) || error.code !== 'cancelled') throw error;
    } finally {
      clearInterval(report);
    }
    await write(streams.stdout, `${this.#written}\n`);
  }

  async #copy(kvs: AsyncIterable<KeyValue>): Promise<void> {
    let batch: Change[] = [];
    let bytes = 0;
    for await (const { key, value } of kvs) {
      batch.push({ key, value });
      bytes += value.length;
      if (batch.length < OPERATIONS && bytes < BYTES) continue;
      await this.#apply(batch);
      batch = [];
      bytes = 0;
    }
    await this.#apply(batch);
  }

  /** Replicates the events, one transaction for each revision. */
  async #follow(events: readonly WatchEvent[]): Promise<void> {
    let batch: Change[] = [];
    for (const [at, event] of events.entries()) {
      batch.push({ key: event.key, value: event.type === 'put' ? event.kv.value : undefined });
      if (events[at + 1]?.revision === event.revision && batch.length < OPERATIONS) continue;
      await this.#apply(batch);
      batch = [];
    }
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { target, prefix, replacement } = this.#options;
    const operations = changes.map(({ key, value }) => {
      const renamed = Buffer.concat([replacement, key.subarray(prefix.length)]);
      return value === undefined ? op.delete(renamed) : op.put(renamed, value);
    });
    await target.txn(txn().do(...operations));
    this.#written += changes.length;
  }
}
