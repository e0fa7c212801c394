import { atExit } from './at-exit.js';
import { ServerProcess } from './server-process.js';
import { makeTemporaryFolder } from './temporary-folder.js';

// Started by at-exit.test.ts: says what it keeps, and runs until it is ended.

const folder = makeTemporaryFolder('at-exit');
const child = new ServerProcess([process.execPath, '-e', 'setInterval(() => 0, 1000)'], folder);
atExit(() => {
  throw new Error('an ending that fails');
});
process.stdout.write(`${JSON.stringify({ folder, pid: child.pid })}\n`);
