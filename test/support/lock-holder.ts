import { NodeDisk } from '../../src/wal/node-disk.js';

/** Locks a folder until it is killed, and prints whether it got the lock. Argument: the folder. */
const [, , folder = ''] = process.argv;
try {
  await new NodeDisk(folder).lock();
  process.stdout.write('held\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`);
}
