import { Command } from 'commander';
import { op, RaftKvError, txn } from '../client/index.js';
import type { Client, KeyValue, WatchEvent } from '../client/index.js';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { Interruption } from './interruption.js';
import { CommandError, write } from './streams.js';
import type { Streams } from './streams.js';
import { argumentBytes } from './text.js';

interface MirrorFlags extends ClientFlags {
  readonly prefix: string;
  /** True where nothing is said of it, false with `--no-dest-prefix`. */
  readonly destPrefix: string | boolean;
}

/** Operations of one transaction of the destination, which takes 128 by default. */
const OPERATIONS = 128;
/** And about how many bytes of values, so that a request stays below the limit of 1.5 MiB. */
const BYTES = 512 * 1024;
const REPORT_MS = 30_000;
/** Of a lease that is revoked at once. */
const PROBE_SECONDS = 60;

export function makeMirrorCommand(streams: Streams): Command {
  return new Command('make-mirror')
    .description('copy keys to another cluster, and go on with every change until Ctrl-C')
    .argument('<destination>', 'members of the other cluster, separated by commas')
    .option('--prefix <prefix>', 'copy the keys that begin so, and no others', '')
    .option('--dest-prefix <prefix>', 'put this in the place of the prefix')
    .option('--no-dest-prefix', 'put nothing in the place of the prefix')
    .addHelpText('after', HELP)
    .action(async (destination: string, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<MirrorFlags>();
      if (flags.prefix === '' && flags.destPrefix === false) {
        throw new CommandError('--no-dest-prefix needs the --prefix that is taken away');
      }
      const prefix = argumentBytes(flags.prefix, flags.hex);
      await using source = makeClient(flags);
      await using target = makeClient({ ...flags, endpoints: destination });
      const replacement = replacementOf(flags, prefix);
      if (replacement.subarray(0, prefix.length).equals(prefix)) await refuseOneCluster(source, target);
      const mirror = new Mirror({ streams, target, prefix, replacement });
      await mirror.run(source);
    });
}

const HELP = `
Keys keep their values, and lose their leases and their history. What one transaction of the source has written is written
by one transaction at the destination, as long as 128 operations hold it. Every 30 seconds the number of keys that have
been written is printed. Keys that the destination has besides are left alone.`;

function replacementOf({ destPrefix, hex }: MirrorFlags, prefix: Buffer): Buffer {
  if (destPrefix === false) return Buffer.alloc(0);
  return typeof destPrefix === 'string' ? argumentBytes(destPrefix, hex) : prefix;
}

/**
 * Within one cluster, what is written would be read again, and copied for ever. Clusters that were begun alike have one
 * id, so a lease has to tell: what is granted by one is known to the other only if they are the same.
 */
async function refuseOneCluster(source: Client, target: Client): Promise<void> {
  const { id, header } = await target.leaseGrant(PROBE_SECONDS);
  const found = await source.leaseTimeToLive(id);
  await target.leaseRevoke(id);
  if (found.leftSeconds < 0 || found.header.clusterId !== header.clusterId) return;
  throw new CommandError('the destination is the same cluster: it needs a --prefix, and another --dest-prefix');
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
  /** At which the keys were copied. */
  #revision = 0;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** Until Ctrl-C. @throws RaftKvError where either side fails for good */
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

  /** Revision by revision: one transaction each. */
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
