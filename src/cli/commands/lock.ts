import type { Command } from 'commander';
import { RaftKvError } from '../../client/index.js';
import type { Client, Lock } from '../../client/index.js';
import { onAbort } from '../../util/abort.js';
import { runChild } from '../process/child.js';
import { makeClient } from '../parsing/client-options.js';
import type { ClientFlags } from '../parsing/client-options.js';
import { Interruption, lostError } from '../process/interruption.js';
import { CommandExit } from '../process/streams.js';
import type { Streams } from '../process/streams.js';
import { Subcommand } from '../parsing/subcommand.js';
import { wholeNumber } from '../parsing/arguments.js';
import { writeTurn } from '../output/turn-output.js';

interface LockFlags extends ClientFlags {
  readonly ttl: number;
}

export function lockCommand(streams: Streams): Command {
  return new LockCommand('lock')
    .description('acquire a lock, and hold it until Ctrl-C or until a command ends')
    .argument('<name>', 'name of the lock')
    .argument('[command...]', 'command to run while the lock is held; after -- if it has flags')
    .option('--ttl <seconds>', 'time after which the lock of a dead holder is released', wholeNumber(1), 10)
    .notes(
      "The command's environment has the key of the lock in RAFTKV_LOCK_KEY, and in RAFTKV_LOCK_REV the revision that\n" +
        'created it, which is larger for each holder than for all before it (a fencing token). ETCD_LOCK_KEY and\n' +
        'ETCD_LOCK_REV hold the same, as with etcdctl. The exit code is that of the command.',
    )
    .example('raftkv lock jobs/nightly', 'prints the key once the lock is held')
    .example('raftkv lock jobs/nightly --ttl 30 -- ./backup.sh --full')
    .action(async (name: string, words: readonly string[], _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<LockFlags>();
      const interruption = new Interruption(streams);
      await using client = await makeClient(flags, streams);
      const options = { ttlSeconds: flags.ttl, signal: interruption.signal };
      await using lock = await interruption.before(client.lock(name, options), 'the lock was acquired');
      if (words.length === 0) await hold(streams, { client, flags, lock, interruption });
      else await runWith(streams, { lock, words, interruption });
    });
}

/** Names the way to pass flags to the command, which a shell's user forgets: `raftkv lock jobs sh -c …`. */
class LockCommand extends Subcommand {
  protected override get unknownFlagHint(): string {
    return '; flags of the command go after --, as in "raftkv lock NAME -- COMMAND"';
  }
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

/** Runs the command, ends it when the lock is lost, and otherwise exits with its code. */
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
  // Fires at once if either happened while the child was being started.
  onAbort([interruption.signal, lock.signal], () => child.end());
  const code = await child.exitCode;
  if (lock.signal.aborted) throw lostError(await lock.lost);
  try {
    await lock.release();
  } catch (error) {
    // The exit code of the command counts even if the release fails.
    if (!(error instanceof RaftKvError)) throw error;
    streams.stderr.write(`raftkv: the lock is released only when its lease ends: ${error.message}\n`);
  }
  if (code !== 0) throw new CommandExit(code);
}
