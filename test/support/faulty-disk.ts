import type { Disk, DiskFile } from '../../src/ports/disk.js';

/** An operation of the disk; a test's hook sees it first. */
export interface DiskOperation {
  readonly kind: 'read' | 'write' | 'datasync' | 'sync' | 'truncate' | 'create' | 'rename' | 'remove' | 'syncFolder';
  readonly name: string;
  /** The process does nothing else meanwhile: the hook of these, `inTurnHook`, cannot wait. */
  readonly inTurn?: true;
}

/** Awaited before each operation: may delay it, or fail it by throwing. */
export type DiskHook = (operation: DiskOperation) => void | Promise<void>;

/** Called before each operation in the turn of its caller: may fail it by throwing. */
export type InTurnHook = (operation: DiskOperation) => void;

/** One of `options` possibilities, counted from 0. */
export type Choose = (options: number) => number;

export const SECTOR_BYTES = 512;

/** The largest block that an append may fill. */
const BLOCK_BYTES = 4096;

/** The content of one file: as reads see it, and as a crash may leave it. */
class Content {
  visible: Buffer;
  durable: Buffer;
  /** Sectors that differ from the durable ones, each with all versions written since: any may be on disk. */
  versions = new Map<number, Buffer[]>();
  /** Sectors whose sync failed: the system counts them as written and does not try again (fsync, 2018). */
  abandoned = new Set<number>();

  constructor(bytes: Buffer) {
    this.visible = Buffer.from(bytes);
    this.durable = Buffer.from(bytes);
  }

  write(offset: number, data: Uint8Array): void {
    const end = offset + data.length;
    if (end > this.visible.length)
      this.visible = Buffer.concat([this.visible, Buffer.alloc(end - this.visible.length)]);
    this.visible.set(data, offset);
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector += 1) {
      const versions = this.versions.get(sector) ?? [];
      versions.push(this.#sector(sector));
      this.versions.set(sector, versions);
      this.abandoned.delete(sector);
    }
  }

  truncate(length: number): void {
    this.visible = Buffer.concat([
      this.visible.subarray(0, length),
      Buffer.alloc(Math.max(0, length - this.visible.length)),
    ]);
  }

  /** Makes the sectors of these bytes durable; by default, of all. */
  sync(from = 0, end = Infinity): void {
    const grown = this.visible.length !== this.durable.length;
    const durable = grown ? Buffer.alloc(this.visible.length) : this.durable;
    if (grown) this.durable.copy(durable);
    for (const sector of [...this.versions.keys()]) {
      if (this.abandoned.has(sector)) continue;
      if ((sector + 1) * SECTOR_BYTES <= from || sector * SECTOR_BYTES >= end) continue;
      this.#sector(sector).copy(durable, sector * SECTOR_BYTES);
      this.versions.delete(sector);
    }
    this.durable = durable;
  }

  abandon(): void {
    for (const sector of this.versions.keys()) this.abandoned.add(sector);
  }

  flipBit(offset: number, bit: number): void {
    const sector = Math.floor(offset / SECTOR_BYTES);
    const copies = this.versions.get(sector) ?? [];
    for (const copy of copies) flip(copy, offset - sector * SECTOR_BYTES, bit);
    flip(this.visible, offset, bit);
    flip(this.durable, offset, bit);
  }

  /** The content after a crash. */
  survivor(choose: Choose): Content {
    const grown = this.visible.length !== this.durable.length && choose(2) === 1;
    const bytes = Buffer.alloc(grown ? this.visible.length : this.durable.length);
    this.durable.copy(bytes);
    for (const [sector, versions] of [...this.versions].sort(([left], [right]) => left - right)) {
      versions[choose(versions.length + 1) - 1]?.copy(bytes, sector * SECTOR_BYTES);
    }
    return new Content(bytes);
  }

  #sector(sector: number): Buffer {
    return Buffer.from(this.visible.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES));
  }
}

function flip(bytes: Buffer, at: number, bit: number): void {
  if (at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
}

type NameChange =
  | { readonly kind: 'create'; readonly name: string; readonly content: Content }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'remove'; readonly name: string };

/**
 * A folder in memory that crashes like a real one (ports/disk.ts): any combination of unsynced sectors and names
 * survives. Operations can be delayed and failed, space can run out, bits can rot.
 */
export class FaultyDisk implements Disk {
  hook: DiskHook = () => undefined;
  inTurnHook: InTurnHook = () => undefined;
  /** Maximum total size of the files, in bytes. A write that does not fit writes the part that does, and fails. */
  spaceBytes = Infinity;
  /** Number of operations since the start, failed ones included. */
  readonly operations: DiskOperation[] = [];
  #names = new Map<string, Content>();
  #durableNames = new Map<string, Content>();
  #nameChanges: NameChange[] = [];
  #locked = false;
  #halted = false;

  async list(): Promise<readonly string[]> {
    return this.names();
  }

  async open(name: string, mode: 'read' | 'write' | 'create'): Promise<DiskFile> {
    const found = this.#names.get(name);
    if (mode !== 'create') {
      if (found === undefined) throw diskError('ENOENT', `open ${name}`);
      return this.#file(found);
    }
    await this.#before({ kind: 'create', name });
    if (found !== undefined) throw diskError('EEXIST', `create ${name}`);
    const content = new Content(Buffer.alloc(0));
    this.#change({ kind: 'create', name, content });
    return this.#file(content);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#before({ kind: 'rename', name: from });
    this.#require(from);
    this.#change({ kind: 'rename', name: from, to });
  }

  async remove(name: string): Promise<void> {
    await this.#before({ kind: 'remove', name });
    this.#require(name);
    this.#change({ kind: 'remove', name });
  }

  async syncFolder(): Promise<void> {
    await this.#before({ kind: 'syncFolder', name: '' });
    this.#durableNames = new Map(this.#names);
    this.#nameChanges = [];
  }

  async lock(): Promise<{ release(): Promise<void> }> {
    if (this.#locked) throw diskError('EBUSY', 'lock');
    this.#locked = true;
    return {
      release: async () => {
        this.#locked = false;
      },
    };
  }

  /** The disk after a crash at this moment. This one is unchanged, for its current users. */
  crashed(choose: Choose): FaultyDisk {
    const names = new Map(this.#durableNames);
    for (const change of this.#nameChanges) {
      if (choose(2) === 1) applyNameChange(names, change);
    }
    const disk = FaultyDisk.#of(names, (content) => content.survivor(choose));
    disk.spaceBytes = this.spaceBytes;
    return disk;
  }

  /** The folder for a process that starts after this one was killed: the system, with its page cache, keeps running. */
  restarted(): FaultyDisk {
    const disk = new FaultyDisk();
    disk.#names = this.#names;
    disk.#durableNames = this.#durableNames;
    disk.#nameChanges = this.#nameChanges;
    disk.spaceBytes = this.spaceBytes;
    return disk;
  }

  /** The process of this folder is dead: new and delayed operations have no effect and never complete. */
  halt(): void {
    this.#halted = true;
  }

  /** An independent copy with everything synced. */
  copy(): FaultyDisk {
    return FaultyDisk.#of(this.#names, (content) => new Content(content.visible));
  }

  bytes(name: string): Buffer {
    return Buffer.from(this.#require(name).visible);
  }

  /** Changes bytes on the disk without an operation. */
  replace(name: string, bytes: Uint8Array): void {
    const content = new Content(Buffer.from(bytes));
    this.#names.set(name, content);
    this.#durableNames.set(name, content);
  }

  /** Flips one bit, in every copy of it. */
  flipBit(name: string, offset: number, bit: number): void {
    this.#require(name).flipBit(offset, bit);
  }

  names(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  /** Total size of the files, in bytes. */
  get usedBytes(): number {
    let used = 0;
    for (const { visible } of this.#names.values()) used += visible.length;
    return used;
  }

  /** The whole content, to check that nothing has changed. */
  contents(): Record<string, string> {
    return Object.fromEntries([...this.#names].map(([name, { visible }]) => [name, visible.toString('base64')]));
  }

  count(kind: DiskOperation['kind']): number {
    return this.operations.filter((operation) => operation.kind === kind).length;
  }

  static #of(names: ReadonlyMap<string, Content>, contentOf: (content: Content) => Content): FaultyDisk {
    const disk = new FaultyDisk();
    for (const [name, content] of names) disk.#names.set(name, contentOf(content));
    disk.#durableNames = new Map(disk.#names);
    return disk;
  }

  #file(content: Content): DiskFile {
    const read = (offset: number, length: number): Buffer =>
      Buffer.from(content.visible.subarray(offset, offset + length));
    const sync = async (kind: 'datasync' | 'sync'): Promise<void> =>
      this.#sync({ kind, name: this.#nameOf(content) }, content, () => content.sync());
    return {
      readSync: read,
      read: async (offset, length, memory) => {
        await this.#before({ kind: 'read', name: this.#nameOf(content) });
        const bytes = read(offset, length);
        return memory === undefined ? bytes : memory.subarray(0, bytes.copy(memory));
      },
      write: async (offset, data) => this.#write(content, offset, data),
      writeThrough: async (offset, data) => {
        await this.#write(content, offset, data);
        const syncs: DiskOperation = { kind: 'datasync', name: this.#nameOf(content) };
        await this.#sync(syncs, content, () => content.sync(offset, offset + data.length));
      },
      appendThrough: async (offset, data) => {
        const padded = withZeros(content, offset, data);
        await this.#write(content, offset, padded);
        const syncs: DiskOperation = { kind: 'datasync', name: this.#nameOf(content) };
        await this.#sync(syncs, content, () => content.sync(offset, offset + padded.length));
      },
      appendThroughSync: (offset, data) => this.#writeInTurn(content, offset, withZeros(content, offset, data)),
      datasync: async () => sync('datasync'),
      sync: async () => sync('sync'),
      truncate: async (length) => {
        await this.#before({ kind: 'truncate', name: this.#nameOf(content) });
        content.truncate(length);
      },
      size: async () => content.visible.length,
      close: async () => undefined,
    };
  }

  /** A file may have been renamed since it was opened; empty once it is removed. */
  #nameOf(content: Content): string {
    for (const [name, other] of this.#names) if (other === content) return name;
    return '';
  }

  async #write(content: Content, offset: number, data: Uint8Array): Promise<void> {
    const name = this.#nameOf(content);
    await this.#before({ kind: 'write', name });
    this.#put(content, offset, data);
  }

  #put(content: Content, offset: number, data: Uint8Array): void {
    const room = this.spaceBytes - this.usedBytes;
    const missing = Math.max(0, offset + data.length - content.visible.length - room);
    if (missing < data.length) content.write(offset, data.subarray(0, data.length - missing));
    if (missing > 0) throw diskError('ENOSPC', `write ${this.#nameOf(content)}`);
  }

  async #sync(operation: DiskOperation, content: Content, sync: () => void): Promise<void> {
    try {
      await this.#before(operation);
    } catch (error) {
      content.abandon();
      throw error;
    }
    sync();
  }

  #writeInTurn(content: Content, offset: number, data: Uint8Array): void {
    const name = this.#nameOf(content);
    this.#beforeInTurn({ kind: 'write', name, inTurn: true });
    this.#put(content, offset, data);
    try {
      this.#beforeInTurn({ kind: 'datasync', name, inTurn: true });
    } catch (error) {
      content.abandon();
      throw error;
    }
    content.sync(offset, offset + data.length);
  }

  async #before(operation: DiskOperation): Promise<void> {
    this.operations.push(operation);
    if (!this.#halted) await this.hook(operation);
    if (this.#halted) await new Promise<never>(() => undefined);
  }

  /** What follows in a dead process is undone by the error, as far as its end has not cut it off. */
  #beforeInTurn(operation: DiskOperation): void {
    this.operations.push(operation);
    if (!this.#halted) this.inTurnHook(operation);
    if (this.#halted) throw new Error('the process is dead');
  }

  #change(change: NameChange): void {
    this.#nameChanges.push(change);
    applyNameChange(this.#names, change);
  }

  #require(name: string): Content {
    const content = this.#names.get(name);
    if (content === undefined) throw diskError('ENOENT', name);
    return content;
  }
}

/** An append may overwrite what follows it with zeros, up to the end of a block. */
function withZeros(content: Content, offset: number, data: Uint8Array): Uint8Array {
  const end = offset + data.length;
  const room = Math.min(Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES, content.visible.length) - end;
  return room > 0 ? Buffer.concat([data, Buffer.alloc(room)]) : data;
}

export function diskError(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}

function applyNameChange(names: Map<string, Content>, change: NameChange): void {
  const { kind, name } = change;
  const content = kind === 'create' ? change.content : names.get(name);
  names.delete(name);
  if (content !== undefined && kind !== 'remove') names.set(kind === 'rename' ? change.to : name, content);
}
