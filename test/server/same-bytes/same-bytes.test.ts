import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import type { IndexDefinition } from '../../../src/client/index.js';
import { endpointOf, LoneMember } from '../lone-member.js';
import { answersOf, type Answers } from './answers.js';

/*
 * The bytes of every answer, recorded before there were secondary indexes, sessions and change feeds. `RECORD=1` records
 * them anew, which only a deliberate change of etcd's API calls for.
 */
const RECORDED = join(import.meta.dirname, 'recorded.json');

describe("The answers of etcd's API", function () {
  this.timeout(120_000);
  const recorded = (): Answers => JSON.parse(readFileSync(RECORDED, 'utf8')) as Answers;
  let lone: LoneMember;
  beforeEach(async () => {
    lone = await LoneMember.start();
  });
  afterEach(() => lone.dispose());

  it('are byte for byte those that were recorded', async () => {
    const answers = await answersOf(lone);
    if (process.env['RECORD'] === '1') writeFileSync(RECORDED, `${JSON.stringify(answers, undefined, 2)}\n`);
    expect(answers).to.deep.equal(recorded());
  });

  it('are the same while secondary indexes cover the keys', async () => {
    await using client = new Client({ endpoints: [endpointOf(lone.member)] });
    const keys = { prefix: 'users/' };
    const definitions: readonly (readonly [string, IndexDefinition])[] = [
      ['by-age', { keys, json: '/age', type: 'number' }],
      ['by-email', { keys, json: '/email', unique: true }],
      ['by-tag', { keys: { all: true }, json: '/tags', multiple: true }],
      ['by-value', { keys: { all: true }, wholeValue: true, type: 'bytes' }],
    ];
    for (const [name, definition] of definitions) {
      await client.index(name).create(definition);
      await client.index(name).ready();
    }
    expect(await answersOf(lone)).to.deep.equal(recorded());
  });

  it('are the same beside a session and a feed that does not acknowledge', async () => {
    await using client = new Client({ endpoints: [endpointOf(lone.member)], sessions: true });
    // A write, which opens the session, but no revision.
    expect((await client.delete('none')).deleted).to.equal(0);
    expect((await client.sessionList()).sessions.length).to.equal(1);
    await client.feeds.create('all', { all: true });
    expect(await answersOf(lone)).to.deep.equal(recorded());
  });
});
