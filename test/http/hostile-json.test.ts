import { expect } from 'chai';
import { ProbedMember } from '../support/probed-member.js';
import { expectShortTurns } from '../support/time-limits.js';

const BODY_BYTES = Math.floor(3.9 * 1024 * 1024);
const AT_ONCE = 5;

/** A body of the largest size, filled with as many repetitions as fit. */
function filled(head: string, unit: string | Buffer, tail: string): Buffer {
  const room = BODY_BYTES - head.length - tail.length;
  const filling = Buffer.alloc(room - (room % Buffer.byteLength(unit)), unit);
  return Buffer.concat([Buffer.from(head), filling, Buffer.from(tail)]);
}

const raw = String.raw;
const NESTED_DEEPEST = 9_990;

// 600,000 empty compares (1.8 MB) blocked the event loop for 1.2 s, and five bodies of 4 MB deposed the leader: bounds
// were checked only after the whole body had been read, scanned, converted and decoded in one turn. Later, all steps of
// several bodies ran in one turn, and a long string was one step: five bodies took up to 0.4 s of a turn.
describe('JSON that is cheap to send', function () {
  this.timeout(300_000);
  let member: ProbedMember;
  let term = 0;

  before(async () => {
    member = await ProbedMember.start();
    term = await member.term();
    // The first requests load the schema, and have the code compiled.
    for (let round = 0; round < 20; round++)
      await member.http('/v3/kv/txn', `{"compare":[${'{"key":"YQ=="},'.repeat(1_000)}{}]}`);
  });

  after(() => member.dispose());

  const cases: readonly [string, string, string | Buffer, number][] = [
    ['many empty elements', '/v3/kv/txn', filled('{"compare":[', '{},', '{}]}'), 429],
    ['many empty operations', '/v3/kv/txn', filled('{"success":[', '{},', '{}]}'), 429],
    ['elements up to the bound', '/v3/kv/txn', `{"compare":[${'{},'.repeat(49_000)}{}]}`, 400],
    ['operations', '/v3/kv/txn', `{"success":[${'{"request_range":{"key":"YQ=="}},'.repeat(16_000)}{}]}`, 400],
    ['many keys', '/v3/kv/range', filled('{', '"x":0,', '"y":0}'), 429],
    ['keys up to the bound', '/v3/kv/range', `{${`"${'k'.repeat(70)}":1,`.repeat(49_000)}"y":0}`, 400],
    ['keys with escapes', '/v3/kv/range', `{${`"${raw`\u0061`.repeat(11)}":1,`.repeat(49_000)}"y":0}`, 400],
    ['the same key many times', '/v3/kv/range', `{${'"key":"YWFh",'.repeat(49_000)}"limit":1}`, 200],
    [
      'names of Object.prototype',
      '/v3/kv/range',
      `{${'"__proto__":{},"toString":1,'.repeat(16_000)}"key":"YQ=="}`,
      200,
    ],
    ['many numbers', '/v3/kv/range', filled('{"x":[', '1,', '1]}'), 429],
    ['deep nesting', '/v3/kv/range', filled('{"x":', '[', ''), 400],
    [
      'deep nesting of wide objects',
      '/v3/kv/range',
      `{"x":${`{"a":${' '.repeat(380)}`.repeat(NESTED_DEEPEST)}0${'}'.repeat(NESTED_DEEPEST)}}`,
      400,
    ],
    ['nested arrays again and again', '/v3/kv/txn', `{"x":[${'[[[[[[[[[[]]]]]]]]]],'.repeat(4_500)}0]}`, 200],
    ['nested transactions', '/v3/kv/txn', `${'{"success":[{"request_txn":'.repeat(45)}{}${'}]}'.repeat(45)}`, 200],
    ['a long string', '/v3/kv/range', filled('{"x":"', 'y', '"}'), 400],
    ['a long string of quotes', '/v3/kv/range', filled('{"x":"', raw`\"`, '"}'), 400],
    ['a long string of backslashes', '/v3/kv/range', filled('{"x":"', raw`\\`, '"}'), 400],
    ['a long string of bytes that are not UTF-8', '/v3/kv/range', filled('{"x":"', Buffer.of(0xff), '"}'), 400],
    ['a long key of an object', '/v3/kv/range', filled('{"', 'k', '":1}'), 400],
    ['a long key of an object, of quotes', '/v3/kv/range', filled('{"', raw`\"`, '":1}'), 400],
    ['a long key of an object, of unpaired surrogates', '/v3/kv/range', filled('{"', raw`\ud800`, '":1}'), 400],
    [
      'a long key of an object, of bytes that are not UTF-8',
      '/v3/kv/range',
      filled('{"', Buffer.of(0xff), '":1}'),
      400,
    ],
    ['long base64', '/v3/kv/range', filled('{"key":"', 'QUFB', '"}'), 429],
    ['long base64 with a bad end', '/v3/kv/range', filled('{"key":"', 'QUFB', '!"}'), 400],
    ['long base64 of escapes', '/v3/kv/range', filled('{"key":"', raw`\u0041`, '"}'), 200],
    ['long base64 of escaped slashes', '/v3/kv/range', filled('{"key":"', raw`\/`, '"}'), 200],
    ['base64 in lines', '/v3/kv/put', filled('{"key":"YQ==","value":"', raw`${'QUFB'.repeat(19)}\n`, '"}'), 429],
    ['base64 of line ends alone', '/v3/kv/put', filled('{"key":"YQ==","value":"', raw`\n`, '"}'), 200],
    ['padding alone', '/v3/kv/range', filled('{"key":"', '=', '"}'), 400],
    ['a string of surrogates', '/v3/cluster/member/promote', filled('{"ID":"', raw`\ud800`, '"}'), 400],
    ['a long number', '/v3/kv/range', filled('{"limit":', '9', '}'), 400],
    ['a long fraction', '/v3/kv/range', filled('{"limit":0.', '9', 'e5}'), 400],
    ['a long number in a string', '/v3/kv/range', filled('{"limit":"', '9', '"}'), 400],
    ['a long number in a string of escapes', '/v3/kv/range', filled('{"limit":"', raw`\u0039`, '"}'), 400],
    ['a long name of an enum', '/v3/kv/range', filled('{"sort_order":"', raw`\u0041`, '"}'), 400],
    ['white space before the value', '/v3/kv/range', filled('', ' ', '{"key":"YQ=="}'), 200],
    ['white space in the value', '/v3/kv/range', filled('{', ' ', '"key":"YQ=="}'), 200],
    ['bytes behind the value', '/v3/kv/range', filled('{"key":"YQ=="}', 'x', ''), 200],
    ['many small requests in one stream', '/v3/lease/keepalive', '{"ID":"7"}'.repeat(4_000), 200],
  ];
  for (const [name, path, body, status] of cases) {
    it(`does not hold the event loop: ${name}`, async () => {
      const bytes = Buffer.from(body);
      const sendAll = async (): Promise<void> => {
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => member.http(path, bytes)));
        for (const answer of answers) expect(answer.status, answer.start).to.equal(status);
      };
      await expectShortTurns(sendAll, { meter: member });
    });
  }

  it('does not cost the leadership', async () => {
    expect(await member.term()).to.equal(term);
  });
});
