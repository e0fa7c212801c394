import { join } from 'node:path';
import type { Client } from '@grpc/grpc-js';
import { expect } from 'chai';
import { stub, type SinonStub } from 'sinon';
import type { DiskFile } from '../../src/ports/disk.js';
import { Code } from '../../src/rpc/status.js';
import { startMember, type Member } from '../../src/server/member.js';
import { NodeDisk } from '../../src/wal/node-disk.js';
import { rawCall, rawClient } from '../support/raw-client.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { WatchCall } from '../support/watch-call.js';
import { endpointOf, loneSettings } from './lone-member.js';
import { bytesField, numberField } from './raw-proto.js';

const KEY = bytesField(1, Buffer.from('key'));

interface End {
  readonly code: number;
  readonly details: string;
}

/** Node's error for a system call. */
function systemError(code: string, text: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, syscall, errno: -1 });
}

async function prototypeOfFiles(folder: string): Promise<DiskFile> {
  const file = await new NodeDisk(folder).open('probe', 'create');
  await file.close();
  return Object.getPrototypeOf(file) as DiskFile;
}

// Calls that were running when the disk failed ended with INTERNAL, which clients do not retry elsewhere.
describe('A member whose disk fails', () => {
  let folder: string;
  let member: Member;
  let client: Client;
  let failing: SinonStub[] = [];

  beforeEach(async () => {
    folder = makeTemporaryFolder('disk-failure');
    member = await startMember(loneSettings(folder));
    client = rawClient(endpointOf(member));
    expect((await rawCall(client, '/etcdserverpb.KV/Put', KEY)).code).to.equal(Code.OK);
  });

  afterEach(async () => {
    for (const stubbed of failing) stubbed.restore();
    failing = [];
    client.close();
    await member.stop().catch(() => undefined);
    removeFolder(folder);
  });

  async function failDisk(error: Error): Promise<void> {
    const files = await prototypeOfFiles(folder);
    failing = [stub(files, 'appendThrough').rejects(error), stub(files, 'appendThroughSync').throws(error)];
  }

  /** Running calls of every kind, with their results. */
  function runningCalls(): Promise<End>[] {
    const waiting = Buffer.concat([KEY, numberField(1002, 10n ** 12n)]);
    const unary = [
      rawCall(client, '/etcdserverpb.KV/Range', waiting, { timeoutMs: 10_000 }),
      rawCall(client, '/etcdserverpb.KV/RangeStream', waiting, { timeoutMs: 10_000 }),
      ...Array.from({ length: 50 }, () => rawCall(client, '/etcdserverpb.KV/Put', KEY, { timeoutMs: 10_000 })),
      rawCall(client, '/etcdserverpb.Lease/LeaseGrant', numberField(1, 60n), { timeoutMs: 10_000 }),
      rawCall(client, '/v3lockpb.Lock/Lock', KEY, { timeoutMs: 10_000 }),
    ];
    const watch = new WatchCall(client);
    watch.create({ key: 'key' });
    return [...unary, watch.status];
  }

  /** The server must end the calls, not the loss of the connection. */
  function expectStopped(ends: readonly End[]): void {
    for (const { code, details } of ends) {
      expect(code, details).to.equal(Code.UNAVAILABLE);
      expect(details).to.be.oneOf(['etcdserver: server stopped', 'etcdserver: no leader']);
    }
  }

  it('ends running calls and streams with UNAVAILABLE, and says what to do (EIO)', async () => {
    await failDisk(systemError('EIO', 'i/o error', 'write'));
    expectStopped(await Promise.all(runningCalls()));
    const end = await member.closed.then(
      () => expect.fail('the member stopped cleanly'),
      (reason: Error) => reason,
    );
    expect(end).to.include({ name: 'MemberError', code: 'disk-failed' });
    expect(end.message).to.match(/the disk failed \(EIO: i\/o error, write\).*check the disk.*start the member/);
    expect(end.message).to.include(join(folder, 'data'));
  });

  it('ends running calls and streams with UNAVAILABLE, and says what to do (ENOSPC)', async () => {
    await failDisk(systemError('ENOSPC', 'no space left on device', 'write'));
    expectStopped(await Promise.all(runningCalls()));
    const end = await member.closed.then(
      () => expect.fail('the member stopped cleanly'),
      (reason: Error) => reason,
    );
    expect(end.message).to.match(/no space is left.*free some space.*start the member again/);
  });

  it('answers a call through the gateway with 503', async () => {
    await failDisk(systemError('EIO', 'i/o error', 'write'));
    const response = await fetch(`${member.clientUrls[0]}/v3/kv/put`, {
      method: 'POST',
      body: JSON.stringify({ key: 'a2V5', value: 'dg==' }),
    });
    expect(response.status).to.equal(503);
    expect(await response.json()).to.include({ code: Code.UNAVAILABLE });
  });
});
