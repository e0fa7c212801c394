import { NodeDisk } from '../../src/wal/node-disk.js';

/** Holds the lock of a folder until it is killed; says whether it got it. Arguments: the folder. */
const [, , folder = ''] = process.argv;
try {
  await new NodeDisk(folder).lock();
  process.stdout.write('held\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`);
}
