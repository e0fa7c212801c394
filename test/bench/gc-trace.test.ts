import { expect } from 'chai';
import { describePauses, parsePauses } from './gc-trace.js';

const NODE_20 = [
  '[77:0xff0bc00]      304 ms: Scavenge 4.1 (4.2) -> 3.7 (5.2) MB, 1.95 / 0.01 ms  (average mu = 1.000) allocation failure; ',
  '[77:0xff0bc00]     1223 ms: Mark-Compact 35.8 (58.3) -> 8.0 (41.5) MB, 8.76 / 0.01 ms  (+ 16.3 ms in 3 steps since start of marking, biggest step 16.1 ms, walltime since start of marking 76 ms) finalize',
];
const NODE_26 = [
  '[78:0x26da8000]      386 ms: Scavenge 5.2 (7.1) -> 4.9 (7.4) MB, pooled: 0.0 MB, 7.76 / 0.00 ms (average mu = 1.000) allocation failure; ',
  '[78:0x26da8000]     1140 ms: Incremental Mark-Compact (reduce) 69.0 (84.3) -> 7.0 (24.5) MB, pooled: 47.0 MB, 28.17 / 0.00 ms (+ 0.0 ms in 1 steps since start of marking) finalize',
];

describe('The pauses of the collector', () => {
  it('are read from what V8 prints, without the steps between them', () => {
    expect(parsePauses(NODE_20)).to.deep.equal({ young: [1.95], wholeHeap: [8.76] });
    expect(parsePauses(NODE_26)).to.deep.equal({ young: [7.76], wholeHeap: [28.17] });
  });

  it('are those of the main thread, not of a worker, and other output is no pause', () => {
    const worker = NODE_20.map((line) => line.replace('0xff0bc00', '0xaaaa'));
    expect(parsePauses(['serving', ...NODE_20, ...worker])).to.deep.equal(parsePauses(NODE_20));
  });

  it('are described by number, median, longest, and number above a limit', () => {
    expect(describePauses([9, 1, 2], 5)).to.equal('3: 2.0; 9.0; 1');
    expect(describePauses([], 5)).to.equal('none');
  });
});
