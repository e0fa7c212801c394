import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { encode, Fixture } from '../kv/support/fixture.js';
import { archiveBytes } from '../support/archive.js';
import { FakeEtcd, sendSnapshot } from '../support/fake-etcd.js';
import { poll } from '../support/poll.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommand } from './run-command.js';

describe('raftkv snapshot', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('cli-snapshot');
    file = join(folder, 'backup');
  });

  afterEach(() => removeFolder(folder));

  /** The error of a command that fails. */
  const failure = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(['snapshot', ...args]);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr.match(/\n/g)).to.have.length(1);
    return stderr;
  };

  describe('save', () => {
    const BODY = randomBytes(8 * 512);
    const WHOLE = Buffer.concat([BODY, createHash('sha256').update(BODY).digest()]);
    let fake: FakeEtcd;

    beforeEach(async () => {
      fake = await FakeEtcd.start();
      fake.snapshot = (call) => void sendSnapshot(call, [WHOLE.subarray(0, 1000), WHOLE.subarray(1000)]);
    });

    afterEach(() => fake.stop());

    it('replaces an older file, readable by the owner only', async () => {
      writeFileSync(file, 'an older one', { mode: 0o644 });
      // Left by a run that was killed.
      writeFileSync(`${file}.part`, 'half');
      const saved = await runCommand(['snapshot', 'save', file, '--endpoints', fake.endpoint]);
      expect(saved).to.include({ code: 0, stdout: `Snapshot saved at ${file}\n`, stderr: '' });
      expect(readFileSync(file)).to.deep.equal(WHOLE);
      expect(readdirSync(folder)).to.deep.equal(['backup']);
      await runCommand(['snapshot', 'save', join(folder, 'new'), '--endpoints', fake.endpoint]);
      expect(statSync(join(folder, 'new')).mode & 0o777).to.equal(0o600);
    });

    it('keeps the older file if the new one is incomplete', async () => {
      writeFileSync(file, 'an older one');
      const endpoints = ['--endpoints', fake.endpoint];
      const asItWas = (): void => {
        expect(readFileSync(file, 'utf8')).to.equal('an older one');
        expect(readdirSync(folder)).to.deep.equal(['backup']);
      };
      const damaged = Buffer.from(WHOLE);
      damaged[7] = (damaged[7] ?? 0) ^ 1;
      for (const bytes of [damaged, WHOLE.subarray(0, -32), WHOLE.subarray(0, -512)]) {
        fake.snapshot = (call) => void sendSnapshot(call, [bytes]);
        expect(await failure('save', file, ...endpoints)).to.contain('the snapshot is incomplete or damaged');
        asItWas();
      }
      expect(await failure('save', file, '--endpoints', '127.0.0.1:1')).to.contain('connection refused');
      asItWas();
      fake.snapshot = (call) => void call.write(Buffer.concat([Buffer.from([0x1a, 1]), Buffer.of(65)]));
      // On a busy machine the timeout may expire before there is a connection.
      expect(await failure('save', file, ...endpoints, '--timeout', '200ms')).to.contain('in time');
      asItWas();
    });

    it('has no time limit by default, and can be interrupted', async () => {
      fake.snapshot = (call) => void sendSnapshot(call, endless());
      let interrupt: (() => void) | undefined;
      const saving = runCommand(['snapshot', 'save', file, '--endpoints', fake.endpoint], '', (callback) => {
        interrupt = callback;
      });
      await poll('some of it to be there', () => (readdirSync(folder).includes('backup.part') ? true : undefined));
      interrupt?.();
      const stderr = `raftkv: interrupted: ${file} is unchanged\n`;
      expect(await saving).to.include({ code: 1, stdout: '', stderr });
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it('refuses several endpoints', async () => {
      const both = `${fake.endpoint},127.0.0.1:1`;
      expect(await failure('save', file, '--endpoints', both)).to.contain(`not ${both}`);
      expect(readdirSync(folder)).to.deep.equal([]);
      expect(await failure('save')).to.contain("missing required argument 'file'");
    });

    /**
     * The system's error was shown unchanged: "EISDIR: illegal operation on a directory, rename …", with a file name
     * that the user had not given. A directory was noticed only after the whole snapshot had arrived, and a device
     * would have been replaced by a file.
     */
    it('reports a file that cannot be written before it calls a member', async () => {
      const nowhere = join(folder, 'no', 'backup');
      writeFileSync(file, 'an older one');
      fake.snapshot = () => expect.fail('a snapshot was asked for');
      for (const [path, why] of [
        [nowhere, `${nowhere} cannot be written: the directory ${join(folder, 'no')} does not exist`],
        [join(file, 'x'), `${join(file, 'x')} cannot be written: a part of its path is a file, not a directory`],
        [folder, `${folder} is a directory: choose a file`],
        ['/dev/null', '/dev/null is not a regular file: choose another'],
      ] as const) {
        expect(await failure('save', path, '--endpoints', fake.endpoint)).to.equal(`raftkv: ${why}\n`);
      }
      expect(readdirSync(folder)).to.deep.equal(['backup']);
    });

    it('follows a symbolic link', async () => {
      const link = join(folder, 'link');
      symlinkSync(file, link);
      writeFileSync(file, 'an older one');
      expect((await runCommand(['snapshot', 'save', link, '--endpoints', fake.endpoint])).code).to.equal(0);
      expect(readFileSync(file)).to.deep.equal(WHOLE);
      expect(readlinkSync(link)).to.equal(file);
    });
  });

  describe('status and restore', () => {
    let source: Fixture;

    beforeEach(async () => {
      source = await Fixture.open();
      await source.apply([encode.put('a', '1'), encode.put('a', '2'), encode.put('b')]);
      writeFileSync(file, await archiveBytes(source.store));
    });

    afterEach(() => source.remove());

    it('print the hash of HashKV, the revision, the number of keys and the size', async () => {
      const { hash } = (await source.store.hashKv(0)) as { hash: number };
      const status = async (...flags: readonly string[]): Promise<string> => {
        const { code, stdout, stderr } = await runCommand(['snapshot', 'status', file, ...flags]);
        expect([code, stderr]).to.deep.equal([0, '']);
        return stdout;
      };
      const size = statSync(file).size;
      expect(await status()).to.equal(`${hash.toString(16)}, 4, 2, ${size} B\n`);
      const json = `{"hash":${hash},"revision":4,"totalKey":2,"totalSize":${size}}\n`;
      expect(await status('-w', 'json')).to.equal(json);
      const table = await status('--write-out', 'table');
      expect(table)
        .to.match(/HASH .*REVISION .*TOTAL KEYS .*TOTAL SIZE/)
        .and.to.contain(hash.toString(16));
    });

    it('refuse a file that is not a snapshot', async () => {
      const other = join(folder, 'other');
      writeFileSync(other, 'a letter to somebody');
      const dir = ['--data-dir', join(folder, 'data')];
      for (const args of [
        ['status', other],
        ['restore', other, ...dir],
        ['restore', other, ...dir, '--skip-hash-check'],
      ]) {
        expect(await failure(...args)).to.equal(
          `raftkv: ${other}: this is no snapshot of raftkv; those of etcd cannot be read\n`,
        );
      }
      for (const [path, why] of [
        [join(folder, 'none'), 'it does not exist'],
        [folder, 'it is a directory'],
        [join(other, 'x'), 'a part of its path is a file, not a directory'],
      ] as const) {
        const line = `raftkv: ${path} cannot be read: ${why}\n`;
        expect(await failure('status', path)).to.equal(line);
        expect(await failure('restore', path, ...dir)).to.equal(line);
      }
      expect(readdirSync(folder).sort()).to.deep.equal(['backup', 'other']);
    });

    it('create the data directory of one member', async () => {
      const flags = {
        name: 'n1',
        'data-dir': join(folder, 'data'),
        'initial-cluster': 'n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380',
        'initial-cluster-token': 'restored',
        'initial-advertise-peer-urls': 'http://10.0.0.1:2380',
      };
      const line = (more: readonly string[] = [], changed: Partial<typeof flags> = {}): string[] => [
        ...['restore', file, ...more],
        ...Object.entries({ ...flags, ...changed }).flatMap(([flag, value]) => [`--${flag}`, value]),
      ];
      expect(await failure(...line(['--snapshot-count', '5']))).to.contain("unknown option '--snapshot-count'");
      expect(await failure(...line(['--bump-revision', '10']))).to.contain('--mark-compacted');
      expect(await failure(...line(['--mark-compacted']))).to.contain('--bump-revision');
      expect(await failure(...line(['--bump-revision', '0', '--mark-compacted']))).to.contain('from 1');
      expect(await failure(...line([], { name: 'n3' }))).to.contain('--initial-cluster does not name this member');
      expect(await failure(...line([], { 'initial-advertise-peer-urls': 'http://10.0.0.2:2380' }))).to.contain(
        '--initial-advertise-peer-urls',
      );
      expect(readdirSync(folder)).to.deep.equal(['backup']);
      const bumped = await runCommand(['snapshot', ...line(['--bump-revision', '10', '--mark-compacted'])]);
      expect(bumped).to.include({ code: 0, stderr: '' });
      expect(bumped.stdout).to.match(/^Restored 2 keys at revision 14 to .*data for n1 \([0-9a-f]+\) of cluster/);
      expect(readdirSync(join(folder, 'data')).sort()).to.deep.equal(['engine', 'restored-from', 'wal']);
      expect(await failure(...line())).to.contain('is not empty');
    });

    it('follow a symbolic link to the data directory', async () => {
      const [place, link] = [join(folder, 'disk'), join(folder, 'data')];
      mkdirSync(place);
      symlinkSync(place, link);
      const restored = await runCommand(['snapshot', 'restore', file, '--data-dir', link]);
      expect(restored).to.include({ code: 0, stderr: '' });
      expect(readdirSync(place).sort()).to.deep.equal(['engine', 'restored-from', 'wal']);
    });

    it('refuse a mount point, which cannot be replaced', async function () {
      if (statSync('/dev').dev === statSync('/').dev) this.skip();
      expect(await failure('restore', file, '--data-dir', '/dev')).to.equal(
        'raftkv: --data-dir /dev is a mount point, and a restore puts the whole directory in place: name one below it\n',
      );
    });
  });
});

function* endless(): Generator<Uint8Array> {
  for (;;) yield Buffer.alloc(64 * 1024);
}
