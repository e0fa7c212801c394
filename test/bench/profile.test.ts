import { expect } from 'chai';
import { formatProfile, selfTimes } from './profile.js';

const node = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
});

const PROFILE = {
  nodes: [
    node(1, 'step', 'file:///app/dist/raft/raft.js'),
    node(2, 'write', 'file:///app/node_modules/@grpc/grpc-js/build/src/call.js'),
    node(3, 'onStream', 'node:internal/http2/core'),
    node(4, '(garbage collector)', ''),
    node(5, 'writev', ''),
    node(6, 'step', 'file:///app/dist/raft/raft.js'),
    node(7, 'encode', 'file:///app/node_modules/a/node_modules/protobufjs/writer.js'),
    node(8, 'never', 'file:///app/dist/kv/store.js'),
  ],
  samples: [1, 2, 3, 4, 5, 6, 7, 2],
  timeDeltas: [4000, 1000, 2000, 1500, 500, 1000, 250, 2000],
};

describe('a CPU profile', () => {
  it('is summed by package, by folder of this project and by function', () => {
    expect(selfTimes(PROFILE)).to.deep.equal([
      { group: 'raftkv raft/', ms: 5, functions: [{ name: 'step raft.js:10', ms: 5 }] },
      { group: '@grpc/grpc-js', ms: 3, functions: [{ name: 'write call.js:10', ms: 3 }] },
      { group: 'node:internal/http2', ms: 2, functions: [{ name: 'onStream core:10', ms: 2 }] },
      { group: '(garbage collector)', ms: 1.5, functions: [{ name: '(garbage collector) :10', ms: 1.5 }] },
      { group: 'native', ms: 0.5, functions: [{ name: 'writev :10', ms: 0.5 }] },
      { group: 'protobufjs', ms: 0.25, functions: [{ name: 'encode writer.js:10', ms: 0.25 }] },
    ]);
  });

  it('is shown as shares of the whole', () => {
    expect(formatProfile(selfTimes(PROFILE), 1).split('\n').slice(0, 2)).to.deep.equal([
      ' 40.8 %  raftkv raft/',
      '     40.8 %  step raft.js:10',
    ]);
  });
});
