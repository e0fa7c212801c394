import { expect } from 'chai';
import { LoadError, parseLoad } from './h2load.js';

const OUTPUT = `
finished in 1.00s, 16061.00 req/s, 1.05MB/s
requests: 16061 total, 16081 started, 16061 done, 16061 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 16061 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 1.05MB (1104736) total, 31.39KB (32146) headers (space savings 94.73%), 517.47KB (529887) data
                     min         max         mean         sd        +/- sd
time for request:      237us      9.98ms      1.21ms       643us    87.82%
`;

describe('the output of h2load', () => {
  it('is parsed for the rate, the time of a request and the bytes of the answers', () => {
    expect(parseLoad(OUTPUT)).to.deep.equal({ rate: 16061, answered: 16061, dataBytes: 529887, meanMs: 1.21 });
    expect(parseLoad(OUTPUT.replace('1.21ms', '643us')).meanMs).to.be.closeTo(0.643, 1e-9);
  });

  it('is refused if requests failed, none was answered, or the text is not from h2load', () => {
    expect(() => parseLoad(OUTPUT.replace('0 failed', '3 failed'))).to.throw('3 requests failed');
    expect(() => parseLoad(OUTPUT.replace('0 errored', '2 errored'))).to.throw('2 requests failed');
    expect(() => parseLoad(OUTPUT.replace('16061 succeeded', '0 succeeded'))).to.throw(LoadError);
    expect(() => parseLoad('h2load: not found')).to.throw('is missing');
  });
});
