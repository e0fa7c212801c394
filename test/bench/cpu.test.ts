import { expect } from 'chai';
import { cpuOf, parseCpu } from './cpu.js';

describe('The processor time of a process', () => {
  it('is the sum of user and system time, in µs, whatever the name of its program', () => {
    const rest = 'S 1 1 1 0 -1 4194560 100 0 0 0 25 7 0 0 20 0 11 0 100 1000 100';
    expect(parseCpu(`4711 (etcd) ${rest}`)).to.equal(320_000);
    expect(parseCpu(`4711 (a) b (c)) ${rest}`)).to.equal(320_000);
  });

  it('is read for this process', () => {
    expect(cpuOf(process.pid)).to.be.within(1, process.uptime() * 1e6 * 64);
  });
});
