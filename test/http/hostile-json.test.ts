import { Agent, request } from 'node:http';
import { expect } from 'chai';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { longestTurn } from '../support/loop-delay.js';
import { poll } from '../support/poll.js';
import { answerTo, type Answer } from './served-port.js';

const HELD_MS_MAX = 200;
const MIB = 1024 * 1024;

// 600,000 empty compares (1.8 MB) blocked the event loop for 1.2 s, and five bodies of 4 MB deposed the leader: bounds
// were checked only after the whole body had been read, scanned, converted and decoded in one turn.
describe('JSON that is cheap to send', () => {
  let lone: LoneMember;
  const agent = new Agent({ keepAlive: true });

  before(async () => {
    lone = await LoneMember.start();
    await poll('a leader', () => lone.member.status().leader !== undefined || undefined);
    // The first request loads the schema.
    await post('/v3/kv/range', '{"key":"YQ=="}');
  });

  after(async () => {
    agent.destroy();
    await lone.dispose();
  });

  function post(path: string, body: string | Buffer): Promise<Answer> {
    const sent = request(`http://${endpointOf(lone.member)}${path}`, { method: 'POST', agent });
    sent.end(body);
    return answerTo(sent);
  }

  const cases: readonly [string, string, string, number][] = [
    ['many empty elements', '/v3/kv/txn', `{"compare":[${'{},'.repeat(600_000)}{}]}`, 429],
    ['many empty operations', '/v3/kv/txn', `{"success":[${'{},'.repeat(600_000)}{}]}`, 429],
    ['elements up to the bound', '/v3/kv/txn', `{"compare":[${'{},'.repeat(49_000)}{}]}`, 400],
    ['many keys', '/v3/kv/range', `{${'"x":0,'.repeat(600_000)}"y":0}`, 429],
    ['many numbers', '/v3/kv/range', `{"x":[${'1,'.repeat(1_900_000)}1]}`, 429],
    ['deep nesting', '/v3/kv/range', `{"x":${'['.repeat(2 * MIB)}`, 400],
    [
      'deep nesting within bounds, again and again',
      '/v3/kv/txn',
      `{"x":[${'[[[[[[[[[[]]]]]]]]]],'.repeat(4_500)}0]}`,
      200,
    ],
    ['one long string', '/v3/kv/range', `{"x":"${'y'.repeat(3.9 * MIB)}"}`, 400],
    ['one long string of escapes', '/v3/kv/range', `{"key":"${'\\u0041'.repeat(600_000)}"}`, 200],
    ['a long key', '/v3/kv/range', `{"key":"${'QUFB'.repeat(600_000)}"}`, 200],
    ['a long number', '/v3/kv/range', `{"limit":${'9'.repeat(3.9 * MIB)}}`, 400],
    ['a long number in a string', '/v3/kv/range', `{"limit":"${'9'.repeat(3.9 * MIB)}"}`, 400],
    ['white space', '/v3/kv/range', `${' '.repeat(3.9 * MIB)}{"key":"YQ=="}`, 200],
    ['nested transactions', '/v3/kv/txn', '{"success":[{"request_txn":'.repeat(45) + '{}' + '}]}'.repeat(45), 200],
  ];
  for (const [name, path, body, status] of cases) {
    it(`does not hold the event loop: ${name}`, async () => {
      let answer: Answer | undefined;
      const bytes = Buffer.from(body);
      const heldMs = await longestTurn(async () => (answer = await post(path, bytes)));
      expect(answer?.status, answer?.body.slice(0, 200)).to.equal(status);
      expect(heldMs).to.be.below(HELD_MS_MAX);
    });
  }

  it('does not hold the event loop: five bodies of 4 MB at the same time', async () => {
    const body = Buffer.from(`{"compare":[${'{},'.repeat(1_350_000)}{}]}`);
    const term = lone.member.status().term;
    const heldMs = await longestTurn(() => Promise.all(Array.from({ length: 5 }, () => post('/v3/kv/txn', body))));
    expect(heldMs).to.be.below(HELD_MS_MAX);
    expect(lone.member.status().term).to.equal(term);
  });

  it('does not hold the event loop: many small requests in one stream', async () => {
    const heldMs = await longestTurn(() => post('/v3/lease/keepalive', '{"ID":"7"}'.repeat(10_000)));
    expect(heldMs).to.be.below(HELD_MS_MAX);
  });
});
