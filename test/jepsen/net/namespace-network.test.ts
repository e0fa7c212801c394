import { expect } from 'chai';
import { countersIn } from './namespace-network.js';

describe('the counters of a network namespace', () => {
  it('are read by the names in the line above', () => {
    const text = [
      'Ip: Forwarding OutNoRoutes ReasmTimeout',
      'Ip: 2 7 0',
      'Tcp: RtoAlgorithm RetransSegs InErrs',
      'Tcp: 1 25 0',
      'TcpExt: SyncookiesSent TCPTimeouts TCPRetransFail',
      'TcpExt: 0 3 4',
      '',
    ].join('\n');
    expect(Object.fromEntries(countersIn(text))).to.deep.equal({
      OutNoRoutes: 7,
      RetransSegs: 25,
      TCPRetransFail: 4,
      TCPTimeouts: 3,
    });
  });
});
