import { expect } from 'chai';
import { Exposition } from '../../src/metrics/exposition.js';
import { exponentialBounds, Histogram } from '../../src/metrics/histogram.js';
import { processMetrics } from '../../src/metrics/process-metrics.js';

describe('metrics as text', () => {
  it('are written as a head and samples, with escaped labels', () => {
    const out = new Exposition();
    out.gauge('a', 'First.', 1.5);
    out.gauge('absent', 'Not known.', undefined);
    out.counter('b_total', 'A \\ and\nmore.', 3, { path: 'C:\\x"y\nz', other: '' });
    out.family('gauge', { name: 'none', help: 'Nothing.', samples: [] });
    out.family('gauge', {
      name: 'many',
      help: 'Two.',
      samples: [
        { labels: { of: 'one' }, value: Infinity },
        { labels: { of: 'two' }, value: NaN },
      ],
    });
    expect(out.text().split('\n')).to.deep.equal([
      '# HELP a First.',
      '# TYPE a gauge',
      'a 1.5',
      '# HELP b_total A \\\\ and\\nmore.',
      '# TYPE b_total counter',
      'b_total{path="C:\\\\x\\"y\\nz",other=""} 3',
      '# HELP many Two.',
      '# TYPE many gauge',
      'many{of="one"} +Inf',
      'many{of="two"} NaN',
      '',
    ]);
  });

  it('show a histogram as cumulative buckets', () => {
    const histogram = new Histogram(exponentialBounds(0.5, 2, 3));
    for (const value of [0.1, 0.5, 0.6, 2, 7]) histogram.observe(value);
    const out = new Exposition();
    out.histogram('h', 'Sizes.', histogram);
    expect(out.text()).to.equal(
      '# HELP h Sizes.\n# TYPE h histogram\nh_bucket{le="0.5"} 2\nh_bucket{le="1"} 3\nh_bucket{le="2"} 4\n' +
        'h_bucket{le="+Inf"} 5\nh_sum 10.2\nh_count 5\n',
    );
  });

  it('describe the process', () => {
    const out = new Exposition();
    processMetrics(out);
    const text = out.text();
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds']) {
      expect(Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]), name).to.be.greaterThan(0);
    }
  });
});
