import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { diff } from './scenario/diff.js';
import { comparable, parseScenario, valuesOf, withOutputs, wordsOf } from './scenario/language.js';
import { differences, outputsOf, scenarioFiles } from './scenario/run.js';

/** The outputs of commands, one a string, including input lines. */
function printed(kind: 'interaction' | 'quorum' | 'confchange', ...commands: readonly string[]): string[] {
  return outputsOf(kind, parseScenario(commands.map((command) => `${command}\n----\nok\n`).join('\n')));
}

/** The last of these outputs. */
function last(...commands: readonly string[]): string | undefined {
  return printed('interaction', ...commands).at(-1);
}

const THREE = ['log-level none', 'add-nodes 3 voters=(1,2,3) index=10', 'campaign 1', 'stabilize', 'log-level info'];

describe('raft: the language of scenario files', () => {
  it('is parsed block by block', () => {
    const [first, second, third] = parseScenario(
      '# a story\n  # goes on\n\nadd-nodes 2 voters=(1,2) index=3 learners=()\n----\n\t\npropose-conf-change 1 v1=true\nv3\n' +
        '----\n----\na\n\nb\n----\n----\n\nstatus 1\n----\nthe end',
    );
    expect(
      first && [wordsOf(first), valuesOf(first, 'voters'), valuesOf(first, 'learners'), first.expected],
    ).to.deep.equal([['2'], ['1', '2'], [], '']);
    expect([second?.line, second?.input, second?.expected]).to.deep.equal([7, ['v3'], 'a\n\nb']);
    expect(third?.expected).to.equal('the end');
    expect(() => parseScenario('status 1\n')).to.throw('line 1');
  });

  it('compares all output except log lines, and prints ok for none', () => {
    expect(comparable('INFO a word\n  DEBUG another')).to.equal('ok');
    expect(comparable('> 1\n  INFO a word\n  kept\n')).to.equal('> 1\n  kept');
    expect(comparable('WARNED')).to.equal('WARNED');
  });

  it('rewrites outputs, and changes nothing else', () => {
    const text = '# why\ncampaign 1\n----\nold\nlines\n\nstatus 1\n----\n----\na\n\nb\n----\n----\n\n# the end\n';
    const fresh = withOutputs(text, parseScenario(text), ['ok', 'c\n\nd']);
    expect(fresh).to.equal('# why\ncampaign 1\n----\nok\n\nstatus 1\n----\n----\nc\n\nd\n----\n----\n\n# the end\n');
    expect(parseScenario(fresh).map(({ expected }) => expected)).to.deep.equal(['ok', 'c\n\nd']);
    expect(withOutputs(fresh, parseScenario(fresh), ['ok', 'c\n\nd'])).to.equal(fresh);
  });

  it('hides the output of a command, but not its errors, with a log level for that command', () => {
    const quiet = ['log-level none', 'add-nodes 2 voters=(1,2) index=4'];
    expect(last(...quiet, 'raft-state')).to.equal('ok');
    expect(last(...quiet, 'propose 2 x')).to.equal('raft proposal dropped');
    expect(last(...quiet, 'raft-state log-level=debug')).to.contain('2: StateFollower (Voter) Term:0 Lead:0');
    expect(last(...quiet, 'raft-state log-level=debug', 'raft-state')).to.equal('ok');
    expect(last(...quiet, 'LOG-LEVEL info')).to.equal('unknown command');
    expect(last(...quiet, 'log-level loud')).to.equal(
      'log levels must be either of [DEBUG INFO WARN ERROR FATAL NONE]',
    );
  });

  it('starts nodes from a snapshot or empty', () => {
    for (const known of ['voters=(1)', 'learners=(2)', 'content=x', 'voters=(1) index=1']) {
      expect(last(`add-nodes 1 ${known}`), known).to.equal('index must be specified as > 1 due to bootstrap');
    }
    expect(last('add-nodes 1', 'raft-log 1')).to.equal('log is empty: first index=1, last index=0');
    expect(last('add-nodes 1 voters=(1) index=6 read-only=fast')).to.equal('invalid read-only option "fast"');
    const twice = ['add-nodes 2 voters=(2,1) index=6', 'add-nodes 1', 'raft-state'];
    expect(last(...twice)?.split('\n')).to.have.length(3);
  });

  it('prints the log after a compaction, and refuses to cut entries that were cut', () => {
    const grown = [...THREE, 'propose 1 a', 'propose 1 b', 'stabilize log-level=none'];
    expect(last(...grown, 'compact 1 12')).to.equal('1/13 EntryNormal "b"');
    expect(last(...grown, 'compact 1 13')).to.equal('log is empty: first index=14, last index=13');
    const refusal = 'requested index is unavailable due to compaction';
    expect(last(...grown, 'log-level none', 'compact 1 12', 'compact 1 12')).to.equal(refusal);
  });

  it('delivers and drops messages in the given order', () => {
    const sent = [...THREE, 'tick-heartbeat 1', 'propose 1 a', 'process-ready 1'];
    const [beat, append] = [
      'MsgHeartbeat Term:1 Log:0/0 Commit:11',
      'MsgApp Term:1 Log:1/11 Commit:11 Entries:[1/12 EntryNormal "a"]',
    ];
    expect(last(...sent, 'deliver-msgs drop=(3,2) type=MsgHeartbeat')).to.equal(
      `dropped: 1->3 ${beat}\ndropped: 1->2 ${beat}`,
    );
    expect(last(...sent, 'deliver-msgs drop=(3) 2')).to.equal(
      `dropped: 1->3 ${beat}\ndropped: 1->3 ${append}\n1->2 ${beat}\n1->2 ${append}`,
    );
    expect(last(...sent, 'deliver-msgs 1')).to.equal('no messages');
  });

  it('does not drop messages of a node to itself', () => {
    const alone = ['add-nodes 1 voters=(1) index=3 async-storage-writes=true', 'campaign 1', 'process-ready 1'];
    const written = [...alone, 'process-append-thread 1', 'deliver-msgs drop=(1)'];
    expect(last(...written)).to.equal('no messages');
    expect(last(...written, 'deliver-msgs 1')).to.equal('1->1 MsgVoteResp Term:1 Log:0/0');
    expect(last(...written, 'process-append-thread 1')).to.equal('no append work to perform');
    expect(last(...written, 'process-apply-thread 1')).to.equal('no apply work to perform');
  });

  it('takes no node as all nodes only in stabilize', () => {
    expect(last(...THREE, 'propose 1 a', 'process-ready')).to.equal('ok');
    expect(last(...THREE, 'process-ready 2')).to.equal('<empty Ready>');
    expect(last(...THREE, 'process-ready 2 3')).to.equal(
      '> 2 handling Ready\n  <empty Ready>\n> 3 handling Ready\n  <empty Ready>',
    );
    expect(last(...THREE, 'propose 1 a', 'stabilize')).to.contain('> 3 receiving messages');
  });

  it('prints node ids in hexadecimal in messages', () => {
    const voters = Array.from({ length: 11 }, (_, position) => position + 1).join(',');
    const many = [`add-nodes 11 voters=(${voters}) index=2`, 'campaign 11', 'process-ready 11'];
    expect(last(...many)).to.contain('b->a MsgVote Term:1 Log:1/2');
  });

  it('prints vote requests before messages that wait for a write', () => {
    // A follower acknowledges an entry and receives TimeoutNow, both before its next Ready.
    const told = [...THREE, 'propose 1 a', 'process-ready 1', 'deliver-msgs 2', 'campaign 2', 'process-ready 2'];
    expect(
      last(...told)
        ?.split('\n')
        .slice(-4),
    ).to.deep.equal([
      'Messages:',
      '2->1 MsgVote Term:2 Log:1/12',
      '2->3 MsgVote Term:2 Log:1/12',
      '2->1 MsgAppResp Term:1 Log:0/12',
    ]);
  });

  it('refuses changes that cannot be proposed', () => {
    const v1 = 'v1 conf change can only have one operation and no transition';
    expect(last(...THREE, 'propose-conf-change 1 v1=true\nv4 v5')).to.equal(v1);
    expect(last(...THREE, 'propose-conf-change 1 v1=true')).to.equal(v1);
    expect(last(...THREE, 'propose-conf-change 1 v1=true transition=explicit\nv4')).to.equal(v1);
    expect(last(...THREE, 'propose-conf-change 1 transition=soft\nv4')).to.equal('unknown transition soft');
    expect(last(...THREE, 'propose-conf-change 1\nx4')).to.equal('unknown input: x4');
    expect(last(...THREE, 'propose-conf-change 1\nv')).to.equal('unknown token v');
    expect(last('add-nodes 1 voters=(1) index=2', 'propose-conf-change 1\nv2')).to.equal('raft proposal dropped');
  });

  it('counts each configuration command as an entry, including refused ones', () => {
    const outputs = printed(
      'confchange',
      'simple\nv1 v0 l0',
      'simple\ny2',
      'leave-joint\nv2',
      'simplest',
      'simple\nv2',
    );
    expect(outputs).to.deep.equal([
      'voters=(1)\n1: StateProbe match=0 next=1',
      'unknown input: y2',
      'this command takes no input',
      'unknown command',
      'voters=(1 2)\n1: StateProbe match=0 next=1\n2: StateProbe match=0 next=4',
    ]);
  });

  it('requires one entry per voter in a quorum command', () => {
    const mismatch = 'error: mismatched input (explicit or _) for voters';
    expect(printed('quorum', 'committed cfg=(2,1) idx=(7)', 'vote cfg=(1) cfgj=(3) votes=(y,n,_)')).to.deep.equal([
      `${mismatch} map[1:{} 2:{}]: [7]`,
      `${mismatch} map[1:{} 3:{}]: [2 1 0]`,
    ]);
    expect(printed('quorum', 'committed cfgj=zero', 'vote')).to.deep.equal(['<empty majority quorum>∞', 'VoteWon']);
  });

  it('continues with the next file if one fails', () => {
    const directory = mkdtempSync(join(tmpdir(), 'raftkv-scenarios-'));
    try {
      mkdirSync(join(directory, 'interaction'));
      writeFileSync(join(directory, 'interaction', 'a.txt'), 'campaign 4\n----\nok\n\nraft-state\n----\nok\n');
      writeFileSync(join(directory, 'interaction', 'b.txt'), 'raft-state\n');
      const found = scenarioFiles(directory).map(differences);
      expect(found.map((each) => each.map(({ line, command }) => `${line} ${command}`))).to.deep.equal([
        ['1 campaign'],
        ['0 the file'],
      ]);
      expect(found.flat().map(({ actual }) => actual)).to.have.length(2);
      for (const { actual } of found.flat()) expect(actual).to.match(/^cannot go on: /);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('shows differences with some context', () => {
    expect(diff('a\nb\nc\nd\ne\nf', 'a\nb\nc\nd\nE\nf')).to.equal('  b\n  c\n  d\n- e\n+ E\n  f');
    expect(diff('a\na', 'a')).to.equal('  a\n- a');
    expect(diff('ok', 'x')).to.equal('- ok\n+ x');
  });

  it("knows every argument that the project's own files use", () => {
    // A misspelt argument would be ignored, and the file would test something else.
    const known = new Set(
      (
        'voters learners index content inflight prevote checkquorum read-only async-storage-writes ' +
        'max-committed-size-per-ready disable-conf-change-validation step-down-on-removal timeout v1 transition type drop ' +
        'from to log-level cfg cfgj idx votes autoleave'
      ).split(' '),
    );
    const keys = scenarioFiles(join(import.meta.dirname, 'scenarios')).flatMap(({ path }) =>
      parseScenario(readFileSync(path, 'utf8')).flatMap(({ args }) =>
        args.filter(({ values }) => values !== undefined).map(({ key }) => key),
      ),
    );
    expect([...new Set(keys)].filter((key) => !known.has(key))).to.deep.equal([]);
  });
});
