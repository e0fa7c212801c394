import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, MemberError, resolveConfig, startMember, type Member } from '../../src/index.js';
import { Client } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { toMemberError } from '../../src/server/member-error.js';
import { withDiskAdvice } from '../../src/server/integrity/disk-advice.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { loneSettings } from './lone-member.js';

describe('An embedded member reports failures that an operator can correct with a code:', () => {
  let folder: string;
  const members: Member[] = [];

  beforeEach(() => {
    folder = makeTemporaryFolder('member-error');
  });

  afterEach(async () => {
    for (const member of members.splice(0)) await member.stop();
    removeFolder(folder);
  });

  const start = async (): Promise<void> => {
    members.push(await startMember(loneSettings(folder)));
  };

  const memberErrorOf = async (starting: Promise<void>): Promise<MemberError> => {
    const error = await starting.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof MemberError)) throw new Error(`not a MemberError: ${String(error)}`);
    return error;
  };

  it('data-in-use for the data directory of a running member', async () => {
    await start();
    const error = await memberErrorOf(start());
    expect(error.code).to.equal('data-in-use');
    expect(error.message).to.not.contain('\n');
    expect(error.cause).to.be.instanceOf(Error);
  });

  it('data-damaged for a log with a changed byte', async () => {
    await start();
    const member = defined(members.pop(), 'the member');
    const client = new Client({ endpoints: member.clientUrls });
    // Only damage below the known synced offset differs from a torn tail.
    for (let value = 0; value < 20; value++) await client.put('k', String(value));
    await client.close();
    await member.stop();
    const wal = join(folder, 'data', 'wal');
    const segment = join(
      wal,
      defined(
        readdirSync(wal).find((name) => name.endsWith('.wal')),
        'a segment of the log',
      ),
    );
    const bytes = readFileSync(segment);
    bytes[800] = (bytes[800] ?? 0) ^ 0xff; // after the header, which fills a sector of 512 bytes
    writeFileSync(segment, bytes);
    const error = await memberErrorOf(start());
    expect([error.code, /damaged/.test(error.message)]).to.deep.equal(['data-damaged', true]);
  });

  it('invalid-config for settings that cannot work', () => {
    expect(() => resolveConfig({ heartbeatInterval: -5 }))
      .to.throw(ConfigError)
      .with.property('code', 'invalid-config');
  });

  it('disk-full and system for errors of the operating system, and no code for a bug', () => {
    const full = Object.assign(new Error('no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    expect(toMemberError(withDiskAdvice(full, 'data'))).to.include({ name: 'MemberError', code: 'disk-full' });
    const denied = Object.assign(new Error('permission denied, open'), { code: 'EACCES', syscall: 'open' });
    expect(toMemberError(denied)).to.include({ name: 'MemberError', code: 'system', cause: denied });
    const bug = new TypeError('undefined is not a function');
    expect(toMemberError(bug)).to.equal(bug);
  });
});
