import { expect } from 'chai';
import { existsSync, writeFileSync } from 'node:fs';
import { CLOCKS } from './clocks.js';

/** Larger than any process id of Linux. */
const NO_PROCESS = 2 ** 30;

// Each killed member of a run with faults of the clock left two files in /dev/shm.
describe('faults of the clock', () => {
  for (const { name, members } of CLOCKS) {
    it(`remove the shared memory of a process that has ended: ${name}`, function () {
      if (!existsSync('/dev/shm')) this.skip();
      const files = ['faketime_shm_', 'sem.faketime_sem_'].map((prefix) => `/dev/shm/${prefix}${NO_PROCESS}`);
      for (const file of files) writeFileSync(file, '');
      members?.removeLeftovers?.(NO_PROCESS);
      members?.removeLeftovers?.(NO_PROCESS); // no error if there is nothing
      expect(files.map((file) => existsSync(file))).to.deep.equal([false, false]);
    });
  }
});
