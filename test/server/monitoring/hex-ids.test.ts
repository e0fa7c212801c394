import { expect } from 'chai';
import { withHexIds } from '../../../src/server/monitoring/hex-ids.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { LoneMember } from '../lone-member.js';

/** A logger that an embedder passed got ids as decimal numbers, which no other output of raftkv has. */
describe('ids in the log of an embedded member', () => {
  it('have 16 hexadecimal digits, like Member.id', async () => {
    const lone = await LoneMember.start();
    try {
      await lone.member.ready;
      const elected = lone.logger.lines.find(({ message }) => message === 'leader changed');
      expect(elected?.fields['leader']).to.equal(lone.member.id);
    } finally {
      await lone.dispose();
    }
  });

  it('are found in lists too, and other numbers stay numbers', () => {
    const logger = new RecordingLogger();
    withHexIds(logger).warn('w', { voters: [16, 17], term: 16, peer: 'not a number' });
    withHexIds(logger).debug('d');
    expect(logger.lines).to.deep.equal([
      {
        level: 'warn',
        message: 'w',
        fields: { voters: ['0000000000000010', '0000000000000011'], term: 16, peer: 'not a number' },
      },
      { level: 'debug', message: 'd', fields: {} },
    ]);
  });
});
