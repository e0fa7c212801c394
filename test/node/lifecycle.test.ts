import { expect } from 'chai';
import { Lifecycle } from '../../src/node/lifecycle.js';
import { silentLogger } from '../../src/util/logger.js';

describe('Lifecycle', () => {
  // A store that failed during the check before the start failed the node, and the stop then waited forever for the end
  // of a loop that had never started.
  it('reports that a node was never started, even if it has failed', async () => {
    const lifecycle = new Lifecycle({ logger: silentLogger });
    const broken = new Error('EIO');
    lifecycle.fail(broken);
    expect(lifecycle.stop()).to.equal(false);
    lifecycle.end(undefined);
    expect(await lifecycle.closed.catch((error: unknown) => error)).to.equal(broken);
  });

  it('keeps the first of several errors', async () => {
    const lifecycle = new Lifecycle({ logger: silentLogger });
    const published: Error[] = [];
    lifecycle.failed.subscribe((error) => published.push(error));
    const [first, second] = [new Error('first'), new Error('second')];
    lifecycle.start();
    lifecycle.fail(first);
    lifecycle.fail(second);
    expect(lifecycle.running).to.equal(false);
    expect(lifecycle.stop()).to.equal(true);
    lifecycle.end(new Error('third'));
    expect(await lifecycle.closed.catch((error: unknown) => error)).to.equal(first);
    expect(published).to.deep.equal([first]);
  });
});
