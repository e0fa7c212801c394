import { expect } from 'chai';
import { planDescriptors, type DescriptorPlan } from '../../../src/server/startup/descriptors.js';
import { ConfigError } from '../../../src/server/settings/urls.js';
import { descriptorLimit } from '../../../src/util/descriptor-limit.js';

/** All descriptors that the plan allows, with two engines. */
function total({ connections, engineOpenFiles, logOpenFiles }: DescriptorPlan): number {
  return connections.client + connections.peer + connections.metrics + 2 * engineOpenFiles + logOpenFiles;
}

describe('planDescriptors', () => {
  it('stays below every limit, with at least 50 descriptors for the rest', () => {
    // Every limit up to 2,000, then increasing steps.
    for (let limit = 256; limit < 2 ** 21; limit += Math.max(1, Math.floor(limit / 200) - 9)) {
      const plan = planDescriptors(limit);
      expect(total(plan), `limit ${limit}`).to.be.at.most(limit - 50);
      expect(plan.connections.client, `clients under a limit of ${limit}`).to.be.at.least(4);
      expect(plan.engineOpenFiles, 'what LevelDB takes as it is').to.be.at.least(74);
    }
  });

  it('gives clients 10,000 connections where there is room', () => {
    for (const limit of [65_536, 1_048_576, Infinity, undefined]) {
      expect(planDescriptors(limit).connections.client, String(limit)).to.equal(10_000);
    }
  });

  it('takes --max-connections that fits, and refuses one that does not with the limit that it needs', () => {
    expect(planDescriptors(65_536, { maxConnections: 20_000 }).connections.client).to.equal(20_000);
    const refusal = (): DescriptorPlan => planDescriptors(1_024, { maxConnections: 1_000 });
    expect(refusal).to.throw(
      ConfigError,
      /^--max-connections 1000: the limit of 1024 .*: raise it to \d+ \(ulimit -n\)/,
    );
    const needed = Number(/raise it to (\d+)/.exec(messageOf(refusal))?.[1]);
    expect(planDescriptors(2 * needed, { maxConnections: 1_000 }).connections.client).to.equal(1_000);
  });

  it('refuses a limit that leaves nothing for clients', () => {
    expect(() => planDescriptors(255)).to.throw(ConfigError, 'a limit of 255 file descriptors is too low');
  });
});

describe('descriptorLimit', () => {
  it('reports the limit of this process', function () {
    if (process.platform === 'win32') this.skip();
    expect(descriptorLimit()).to.be.at.least(64);
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return '';
}
