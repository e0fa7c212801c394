import { expect } from 'chai';
import { quietPorts } from './ports.js';

/**
 * A member of a run did not start: its port, which had been free, was taken by an outgoing connection of another process
 * meanwhile. Outgoing connections have ports from 32768 on.
 */
describe('ports of members', () => {
  it('are distinct, and none that an outgoing connection gets', async () => {
    const ports = await quietPorts(20);
    expect(new Set(ports).size).to.equal(20);
    for (const port of ports) expect(port).to.be.within(1024, 32_767);
  });
});
