import { endpointOf, LoneMember } from '../server/lone-member.js';
import { assertNever } from '../../src/util/assert.js';
import { slowness } from './known-work.js';
import type { ProbeReport, ProbeRequest } from './probed-member.js';
import { mainThreadMs, TurnProbe } from './turn-probe.js';

// The process of a ProbedMember: a cluster of one that measures its own event loop.

const lone = await LoneMember.start(JSON.parse(process.argv[2] ?? '{}') as Record<string, string>);
let probe = new TurnProbe();

function report(message: ProbeReport): void {
  process.send?.(message);
}

function hold(ms: number): void {
  const untilMs = mainThreadMs() + ms;
  while (mainThreadMs() < untilMs);
}

process.on('message', (request: ProbeRequest) => {
  switch (request.kind) {
    case 'measure':
      probe.stop();
      probe = new TurnProbe();
      return report({});
    case 'report':
      return report({ longestTurnMs: probe.stop(), term: lone.member.status().term });
    case 'slowness':
      return report({ slowness: slowness() });
    case 'hold':
      hold(request.ms);
      return report({});
    case 'stop':
      return void lone.dispose().then(() => process.exit(0));
    default:
      return assertNever(request);
  }
});
process.on('disconnect', () => process.exit(1));
await lone.member.ready;
report({ endpoint: endpointOf(lone.member) });
