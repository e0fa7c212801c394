import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { wordsOf } from '../../src/cli/parsing/words.js';
import { runCommand } from '../cli/run-command.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';

interface Step {
  readonly line: string;
  /** What the page says that it prints. */
  readonly promised: string;
}

/** The commands in the `sh` blocks of the page, in order, with the comments behind each. */
function steps(): readonly Step[] {
  const page = readFileSync(new URL('../../docs/INDEXES.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) =>
    [...block.matchAll(/^([^#\n].*)\n((?:#.*\n)*)/gm)].map(([, line = '', comments = '']) => ({
      line,
      promised: comments.replaceAll(/^# ?/gm, ''),
    })),
  );
}

describe('docs/INDEXES.md', function () {
  this.timeout(120_000);
  let lone: LoneMember;
  before(async () => {
    lone = await LoneMember.start();
  });
  after(() => lone.dispose());

  it('has examples that print what it says', async () => {
    expect(steps().length).to.be.above(10);
    for (const { line, promised } of steps()) expect(await printed(line), line).to.equal(promised);
  });

  /** What a line prints: `raftkv …`, or `printf FORMAT TEXT | raftkv …`. */
  async function printed(line: string): Promise<string> {
    const [, format = '', text = '', command = ''] =
      /^(?:printf '([^']*)' '([^']*)' \| )?raftkv (.*)$/.exec(line) ?? [];
    expect(command, line).to.not.equal('');
    const input = format.replaceAll('\\n', '\n').replace('%s', text);
    const endpoint = endpointOf(lone.member);
    const { stdout, stderr } = await runCommand(['--endpoints', endpoint, ...wordsOf(command)], input);
    return `${stdout}${stderr}`.replaceAll(endpoint, 'ENDPOINT');
  }
});
