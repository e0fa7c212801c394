import { endpointOf, LoneMember } from '../server/lone-member.js';
import { assertNever } from '../../src/util/assert.js';
import { TurnProbe } from './loop-delay.js';
import type { ProbeReport, ProbeRequest } from './probed-member.js';

// The process of a ProbedMember: a cluster of one that measures its own event loop.

const lone = await LoneMember.start(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>);
let probe = new TurnProbe();

function report(message: ProbeReport): void {
  process.send?.(message);
}

process.on('message', (request: ProbeRequest) => {
  switch (request) {
    case 'measure':
      probe.stop();
      probe = new TurnProbe();
      return report({});
    case 'report':
      return report({ longestTurnMs: probe.stop(), term: lone.member.status().term });
    case 'stop':
      return void lone.dispose().then(() => process.exit(0));
    default:
      return assertNever(request);
  }
});
process.on('disconnect', () => process.exit(1));
await lone.member.ready;
report({ endpoint: endpointOf(lone.member) });
