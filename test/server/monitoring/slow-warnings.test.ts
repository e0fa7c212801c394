import { expect } from 'chai';
import { ApplyDurations } from '../../../src/server/monitoring/apply-durations.js';
import { SlowWarnings } from '../../../src/server/monitoring/slow-warnings.js';
import { poll } from '../../support/poll.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { LoneMember } from '../lone-member.js';
import { bytesField, numberField } from '../raw-proto.js';

/** Operators of etcd recognise overloaded members by these warnings, which were missing. */
describe('warnings of slowness', () => {
  it('name a unary call that took longer than --warning-unary-request-duration', async () => {
    const lone = await LoneMember.start({ 'warning-unary-request-duration': '50ms' });
    try {
      await lone.member.ready;
      // It waits for a future revision.
      const wait = Buffer.concat([bytesField(1, Buffer.from('k')), numberField(1002, 10n ** 12n)]);
      await lone.raw('/etcdserverpb.KV/Range', wait, { timeoutMs: 300 });
      const line = await poll('the warning', () =>
        lone.logger.lines.find(({ message }) => message === 'call took too long'),
      );
      expect(line).to.deep.include({ level: 'warn' });
      expect(line.fields).to.deep.include({ method: '/etcdserverpb.KV/Range', thresholdMs: 50, suppressed: 0 });
      expect(line.fields['ms']).to.be.above(50);
    } finally {
      await lone.dispose();
    }
  });

  it('name a command whose share of its batch was longer than --warning-apply-duration', () => {
    const logger = new RecordingLogger();
    const slow = new SlowWarnings({ logger, applyMs: 100, unaryMs: 0 });
    const durations = new ApplyDurations(slow.applyMs, (command, ms) => slow.applied(command, ms));
    durations.executed('put', true);
    durations.executed('put', true);
    durations.applied(199);
    expect(logger.lines).to.deep.equal([]);
    durations.executed('txn', true);
    durations.applied(101);
    expect(logger.lines).to.deep.equal([
      {
        level: 'warn',
        message: 'apply took too long',
        fields: { command: 'txn', ms: 101, thresholdMs: 100, suppressed: 0 },
      },
    ]);
  });

  it('are logged at most once a second, and not at all with a bound of 0', () => {
    const logger = new RecordingLogger();
    const slow = new SlowWarnings({ logger, applyMs: 1, unaryMs: 1 });
    for (let call = 0; call < 1000; call++) slow.answered('/a', 2);
    expect(logger.lines).to.have.length(1);
    const never = new SlowWarnings({ logger, applyMs: 0, unaryMs: 0 });
    never.answered('/a', 1e9);
    expect(never.applyMs).to.equal(Infinity);
    expect(logger.lines).to.have.length(1);
  });
});
