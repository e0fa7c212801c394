import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { startMember, type Member } from '../../../src/server/member.js';
import type { MemberId } from '../../../src/util/member-id.js';
import { RecordingLogger, type LogLine } from '../../support/recording-logger.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, loneSettings } from '../lone-member.js';

const NOSPACE = { kind: 'nospace', memberId: '0000000000000007' as MemberId } as const;

/**
 * At each start, a member logged alarms and configuration changes again, as it replays the log from the last state that
 * the engine had on disk.
 */
describe('a member that replays its log', () => {
  let folder: string;
  let running: Member | undefined;

  beforeEach(() => {
    folder = makeTemporaryFolder('replay-log');
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    removeFolder(folder);
  });

  /** Starts the member, makes calls, and kills it. @returns its log lines about alarms and configurations */
  async function run(calls: (client: Client) => Promise<void>): Promise<readonly string[]> {
    const logger = new RecordingLogger();
    running = await startMember(loneSettings(folder), logger);
    const client = new Client({ endpoints: [endpointOf(running)] });
    try {
      await running.ready;
      await calls(client);
      // A clean stop leaves nothing to replay.
      cpSync(join(folder, 'data'), join(folder, 'killed'), {
        recursive: true,
        filter: (path) => !path.includes('lock'),
      });
    } finally {
      await client.close();
      await running.stop();
      running = undefined;
    }
    rmSync(join(folder, 'data'), { recursive: true });
    renameSync(join(folder, 'killed'), join(folder, 'data'));
    return logger.lines.filter(({ message }) => /^the alarms|^configuration change/.test(message)).map(lineOf);
  }

  function lineOf({ level, message, fields }: LogLine): string {
    const { raised, steps = '' } = fields as { readonly raised?: string; readonly steps?: string };
    return `${level}: ${message}: ${raised ?? steps.split(' ')[0]}`;
  }

  it('logs what is new, and at level debug what it had applied before', async () => {
    const first = await run(async (client) => {
      await client.raiseAlarm(NOSPACE);
      await client.disarm(NOSPACE);
      const { member } = await client.memberAdd({ peerUrls: ['http://127.0.0.1:1'], isLearner: true });
      await client.memberRemove(member.id);
      // The stored commit index may be that of the entry before.
      await client.put('a', '1');
    });
    const raised = 'the alarms have changed: NOSPACE of member 0000000000000007';
    const cleared = 'the alarms have changed: none';
    const [added, removed] = ['configuration changed: add-learner', 'configuration changed: remove'];
    expect(first).to.deep.equal([`warn: ${raised}`, `warn: ${cleared}`, `info: ${added}`, `info: ${removed}`]);
    const second = await run((client) => client.raiseAlarm(NOSPACE));
    // Applied in one batch, in which the alarm is raised and cleared.
    expect(second.slice(0, -1)).to.deep.equal([`debug: ${cleared}`, `debug: ${added}`, `debug: ${removed}`]);
    expect(second.at(-1)).to.equal(`warn: ${raised}`);
  });
});
