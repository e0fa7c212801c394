import type { Command } from 'commander';
import { RaftKvError } from '../../../client/index.js';
import type { LeaseKeepAliveResult } from '../../../client/index.js';
import { hex64 } from '../../../util/integer.js';
import { makeClient } from '../../parsing/client-options.js';
import type { ClientFlags } from '../../parsing/client-options.js';
import { field } from '../../output/fields.js';
import { CommandError, write } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { Subcommand } from '../../parsing/subcommand.js';
import { parseLeaseId } from '../../parsing/arguments.js';
import { expiredLine, renewedLine, writeLease } from './output.js';

interface KeepAliveFlags extends ClientFlags {
  readonly once?: boolean;
}

export function keepAliveCommand(streams: Streams): Command {
  return new Subcommand('keep-alive')
    .description('renew a lease until Ctrl-C or until the lease is lost')
    .argument('<id>', 'id of the lease (hex)', parseLeaseId)
    .option('--once', 'renew the lease once and exit')
    .example('raftkv lease keep-alive 694d77aa9e38260f')
    .action(async (id: bigint, _own: unknown, command: Command) => {
      const flags = command.optsWithGlobals<KeepAliveFlags>();
      if (flags.once === true) await renewOnce(streams, flags, id);
      else await keepAlive(streams, flags, id);
    });
}

async function renewOnce(streams: Streams, flags: KeepAliveFlags, id: bigint): Promise<void> {
  await using client = await makeClient(flags, streams);
  const result = await client.leaseKeepAliveOnce(id);
  if (result.ttlSeconds === 0) throw new CommandError(`lease ${hex64(id)} does not exist`);
  await writeRenewal(streams, flags, result);
}

async function keepAlive(streams: Streams, flags: KeepAliveFlags, id: bigint): Promise<void> {
  await using client = await makeClient(flags, streams);
  const interrupted = new Promise<undefined>((resolve) => streams.onInterrupt(() => resolve(undefined)));
  let printed = Promise.resolve();
  let cannotPrint: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_resolve, reject) => (cannotPrint = reject));
  // Handled by the race below, unless that has ended already.
  broken.catch(() => undefined);
  const onRenewed = (result: LeaseKeepAliveResult): void => {
    printed = printed.then(() => writeRenewal(streams, flags, result));
    printed.catch(cannotPrint);
  };
  try {
    const lease = await client.keepAlive(id, { onRenewed });
    const lost = await Promise.race([interrupted, lease.lost, broken]);
    lease.release();
    if (lost !== undefined) throw lost;
  } catch (error) {
    // An expired or revoked lease is not an error, as in etcdctl; an unreachable cluster is.
    if (!(error instanceof RaftKvError) || error.code !== 'lease-lost') throw error;
    await printed;
    if (flags.writeOut === 'simple') await write(streams.stdout, expiredLine(id));
  }
}

async function writeRenewal(streams: Streams, flags: ClientFlags, result: LeaseKeepAliveResult): Promise<void> {
  const { id, ttlSeconds, header } = result;
  await writeLease(streams, flags.writeOut, {
    header,
    simple: renewedLine(result),
    json: { ID: id, TTL: ttlSeconds },
    fields: [field('ID', id), field('TTL', ttlSeconds)],
    head: ['ID', 'TTL'],
    rows: [[hex64(id), String(ttlSeconds)]],
  });
}
