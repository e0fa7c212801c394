import { expect } from 'chai';
import { OpenFiles, type RestingFile } from '../../src/wal/open-files.js';

/** A file that is open from its first use, and cannot rest while it is read. */
class File implements RestingFile {
  isOpen = false;
  isRead = false;

  use(files: OpenFiles): void {
    this.isOpen = true;
    files.use(this);
  }

  rest(): boolean {
    if (this.isRead) return false;
    this.isOpen = false;
    return true;
  }
}

describe('OpenFiles', () => {
  it('closes the files that were not used for the longest time', () => {
    const files = new OpenFiles(2);
    const [first, second, third] = [new File(), new File(), new File()];
    for (const file of [first, second, first, third]) file.use(files);
    expect([first, second, third].map(({ isOpen }) => isOpen)).to.deep.equal([true, false, true]);
  });

  // A log that only appends uses one file for hours: what was read when that file began stayed open as long.
  it('closes a file once it is no longer read, also if the same other file is used all the time', () => {
    const files = new OpenFiles(1);
    const [read, written] = [new File(), new File()];
    read.use(files);
    read.isRead = true;
    written.use(files);
    written.use(files);
    expect(read.isOpen).to.equal(true);
    read.isRead = false;
    written.use(files);
    expect([read.isOpen, written.isOpen]).to.deep.equal([false, true]);
  });
});
