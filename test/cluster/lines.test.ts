import { expect } from 'chai';
import { LineSplitter } from '../../cluster/lines.js';

function split(...chunks: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe('the lines of a node output', () => {
  it('are complete wherever the chunks break', () => {
    expect(split('one\ntwo\n')).to.deep.equal(['one', 'two']);
    expect(split('o', 'ne', '\n', 'two\nthr', 'ee\n')).to.deep.equal(['one', 'two', 'three']);
    expect(split('one\r\n\ntwo')).to.deep.equal(['one', '', 'two']);
  });

  it('keep a character that is split over two chunks', () => {
    const bytes = Buffer.from('grün →\n');
    for (let cut = 0; cut <= bytes.length; cut += 1)
      expect(split(bytes.subarray(0, cut), bytes.subarray(cut))).to.deep.equal(['grün →']);
  });
});
