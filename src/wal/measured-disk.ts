import type { Disk, DiskFile } from '../ports/disk.js';

export interface DiskObserver {
  /** Called after each sync with its duration, in ms. */
  readonly synced: (ms: number) => void;
  readonly wrote: (bytes: number) => void;
}

/** A disk that reports the syncs and writes of its files. */
export function measuredDisk(disk: Disk, observer: DiskObserver): Disk {
  return {
    list: () => disk.list(),
    open: async (name, mode) => measuredFile(await disk.open(name, mode), observer),
    rename: (from, to) => disk.rename(from, to),
    remove: (name) => disk.remove(name),
    syncFolder: () => disk.syncFolder(),
    lock: () => disk.lock(),
  };
}

function measuredFile(file: DiskFile, { synced, wrote }: DiskObserver): DiskFile {
  return {
    read: (offset, length, memory) => file.read(offset, length, memory),
    readSync: (offset, length) => file.readSync(offset, length),
    write: (offset, data) => {
      wrote(data.length);
      return file.write(offset, data);
    },
    writeThrough: async (offset, data) => {
      wrote(data.length);
      const startMs = performance.now();
      await file.writeThrough(offset, data);
      synced(performance.now() - startMs);
    },
    appendThrough: async (offset, data) => {
      wrote(data.length);
      const startMs = performance.now();
      await file.appendThrough(offset, data);
      synced(performance.now() - startMs);
    },
    appendThroughSync: (offset, data) => {
      wrote(data.length);
      const startMs = performance.now();
      file.appendThroughSync(offset, data);
      synced(performance.now() - startMs);
    },
    datasync: async () => {
      const startMs = performance.now();
      await file.datasync();
      synced(performance.now() - startMs);
    },
    sync: () => file.sync(),
    truncate: (length) => file.truncate(length),
    size: () => file.size(),
    close: () => file.close(),
  };
}
