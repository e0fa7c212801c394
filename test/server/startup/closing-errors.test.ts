import { expect } from 'chai';
import { ended } from '../../../src/server/serving/serve.js';
import { Resources } from '../../../src/server/startup/resources.js';
import { RecordingLogger } from '../../support/recording-logger.js';

/** Errors while closing were dropped, so a log or a port that stayed open left no trace. */
describe('errors while closing', () => {
  const linesOf = (logger: RecordingLogger): unknown[] => logger.lines.map(({ message, fields }) => [message, fields]);

  it('after a failed start are logged, and the other resources are closed', async () => {
    const logger = new RecordingLogger();
    const resources = new Resources(logger);
    const closed: string[] = [];
    resources.keep('first', () => Promise.resolve(void closed.push('first')));
    resources.keep('second', () => Promise.reject(new Error('EIO')));
    await resources.closeAll();
    expect(closed).to.deep.equal(['first']);
    expect(linesOf(logger)).to.deep.equal([['an error while closing after a failed start', { error: 'EIO' }]]);
  });

  it('after a failure of the node are logged once each, and the failure is reported', async () => {
    const failure = new Error('the node failed');
    for (const [another, lines] of [
      [failure, []],
      [new Error('EIO'), [['an error while stopping after a failure', { error: 'EIO' }]]],
    ] as const) {
      const logger = new RecordingLogger();
      const node = { closed: Promise.reject(failure) };
      const end = ended(node, { dataDir: 'd', logger, stop: () => Promise.reject(another) });
      expect(await end.catch((error: unknown) => error)).to.equal(failure);
      expect(linesOf(logger)).to.deep.equal(lines);
    }
  });
});
