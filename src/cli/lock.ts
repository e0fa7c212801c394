import { Command } from 'commander';
import { RaftKvError } from '../client/index.js';
import type { Client, Lock } from '../client/index.js';
import { onAbort } from '../util/abort.js';
import { makeClient } from './client-options.js';
import type { ClientFlags } from './client-options.js';
import { runChild } from './child.js';
import { writeTurn } from './held.js';
import { Interruption, lossOf } from './interruption.js';
import { CommandExit } from './streams.js';
import type { Streams } from './streams.js';
import { wholeNumber } from './text.js';

interface LockFlags extends ClientFlags {
  readonly ttl: number;
}

export function lockCommand(streams: Streams): Command {
  return new Command('lock')
    .description('wait for a lock, and hold it until Ctrl-C, or while a command runs')
    .argument('<name>')
    .argument('[command...]', 'to run with the lock; after -- where it has flags of its own')
    .option('--ttl <seconds>', 'time after which the lock of a holder that has died passes on', wholeNumber(1), 10)
    .addHelpText(
      'after',
      '\nThe command finds the key of the lock in RAFTKV_LOCK_KEY, and in RAFTKV_LOCK_REV the revision that created it, which\n' +
        'is larger for each holder than for those before it. As with etcdctl, ETCD_LOCK_KEY and ETCD_LOCK_REV say the same.',
    )
    .action(async (name: string, words: readonly string[], _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<LockFlags>();
      const interruption = new Interruption(streams);
      await using client = makeClient(flags);
      const options = { ttlSeconds: flags.ttl, signal: interruption.signal };
      await using lock = await interruption.before(client.lock(name, options), 'the lock was had');
      if (words.length === 0) await hold(streams, { client, flags, lock, interruption });
      else await runWith(streams, { lock, words, interruption });
    });
}

interface Holding {
  readonly lock: Lock;
  readonly interruption: Interruption;
}

async function hold(
  streams: Streams,
  { client, flags, lock, interruption }: Holding & { readonly client: Client; readonly flags: ClientFlags },
): Promise<void> {
  await writeTurn(streams, { client, flags, turn: lock });
  await interruption.orLoss(lock);
  await lock.release();
}

/** A command that holds the lock no longer is ended; else its exit code is ours. */
async function runWith(
  streams: Streams,
  { lock, words, interruption }: Holding & { readonly words: readonly string[] },
): Promise<void> {
  const child = runChild(streams, words, {
    RAFTKV_LOCK_KEY: lock.key.toString(),
    RAFTKV_LOCK_REV: String(lock.revision),
    ETCD_LOCK_KEY: lock.key.toString(),
    ETCD_LOCK_REV: String(lock.revision),
  });
  // At once where either has come while the child was being started.
  onAbort([interruption.signal, lock.signal], () => child.end());
  const code = await child.exitCode;
  if (lock.signal.aborted) throw lossOf(await lock.lost);
  try {
    await lock.release();
  } catch (error) {
    // What the command came to counts all the same.
    if (!(error instanceof RaftKvError)) throw error;
    streams.stderr.write(`raftkv: the lock passes on only when its lease ends: ${error.message}\n`);
  }
  if (code !== 0) throw new CommandExit(code);
}
