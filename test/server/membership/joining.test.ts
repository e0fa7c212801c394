import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Account } from '../../../src/server/membership/account.js';
import { joinExisting, type Identity } from '../../../src/server/membership/joining.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { askPeer } from '../../../src/transport/ask.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { freePorts } from '../../support/server-process.js';
import { VirtualTime } from '../../support/virtual-time.js';

const OWN = 'http://127.0.0.1:1';
const CONFIG = resolveConfig({
  name: 'new',
  'data-dir': '/d',
  'listen-peer-urls': OWN,
  'initial-cluster': `new=${OWN},a=http://a:2380,b=http://b:2380`,
  'initial-cluster-state': 'existing',
});

function account(members: Readonly<Record<number, string>>): Account {
  const records = Object.entries(members).map(([id, url]) => ({
    id: Number(id),
    name: '',
    peerUrls: [url],
    clientUrls: [],
    isLearner: true,
  }));
  return { clusterId: 16, members: records, firstMembers: records.slice(0, 1), removed: [], heard: [] };
}

/** Joins with members that answer as given, in virtual time. */
async function join(answers: Readonly<Record<string, (nowMs: number) => Account | string>>): Promise<{
  readonly outcome: Identity | string;
  readonly lines: readonly string[];
  readonly tookMs: number;
}> {
  const time = new VirtualTime();
  const logger = new RecordingLogger();
  const ask = async (url: string): Promise<Account> => {
    const answer = answers[url]?.(time.nowMs) ?? 'connection refused';
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  };
  let outcome: Identity | string | undefined;
  void joinExisting(CONFIG, { logger, clock: time.clock(), ask }).then(
    (identity) => (outcome = identity),
    (error: unknown) => (outcome = String(error)),
  );
  await time.until('an outcome', () => outcome !== undefined);
  const lines = logger.lines.map(
    ({ level, message, fields }) => `${level}: ${message}: ${Object.values(fields).join(' ')}`,
  );
  return { outcome: outcome ?? '', lines, tookMs: time.nowMs };
}

/**
 * A member that joined a cluster was silent for up to 15 s, and then ended with an error text of Node.js. Nothing showed
 * which members it had asked.
 */
describe('joining a cluster', () => {
  it('logs at once which members are asked, then what they answer, and ends with one line', async () => {
    const { outcome, lines, tookMs } = await join({ 'http://b:2380': () => 'no answer within 1000 ms' });
    const answers = 'http://a:2380: connection refused; http://b:2380: no answer within 1000 ms';
    const again = `warn: no member lists this one yet: asking again: ${answers}`;
    expect(lines).to.deep.equal([
      'info: asking the members of the cluster for this member: http://a:2380,http://b:2380',
      again,
      again,
      again,
    ]);
    expect(outcome).to.equal(
      `ConfigError: --initial-cluster-state existing: no member of --initial-cluster answers (${answers})`,
    );
    expect(tookMs).to.be.within(15_000, 15_500);
  });

  it('succeeds as soon as one member lists this one', async () => {
    const { outcome, lines } = await join({
      'http://b:2380': (nowMs) => account(nowMs < 1_000 ? { 5: 'http://b:2380' } : { 5: 'http://b:2380', 7: OWN }),
    });
    expect(outcome).to.deep.include({ clusterId: 16, memberId: 7 });
    expect(lines.slice(1)).to.deep.equal([
      'warn: no member lists this one yet: asking again: ' +
        'http://a:2380: connection refused; http://b:2380: does not list this member',
      'info: joining a cluster: 0000000000000007 0000000000000010 true',
    ]);
  });

  it('ends soon if the members that answer do not list this one', async () => {
    const { outcome, tookMs } = await join({ 'http://a:2380': () => account({ 5: 'http://a:2380' }) });
    expect(outcome).to.equal(
      `ConfigError: the cluster has no member with the peer URLs ${OWN}: ` +
        `add it with raftkv member add new --peer-urls ${OWN}`,
    );
    expect(tookMs).to.be.within(3_000, 3_500);
  });
});

describe('a question to a peer port', () => {
  const reasonAt = (port: number): Promise<string> =>
    askPeer(`http://127.0.0.1:${port}`, {
      path: '/raftkv.Peer/Members',
      body: new Uint8Array(),
      timeoutMs: 2_000,
    }).then(
      () => 'an answer',
      (error: unknown) => (error as Error).message,
    );

  it('fails with the reason in plain words', async () => {
    const [unused = 0] = await freePorts(1);
    expect(await reasonAt(unused)).to.equal('connection refused');
    const web = createServer((_request, response) => response.end());
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    try {
      expect(await reasonAt((web.address() as AddressInfo).port)).to.equal('not the peer port of a member');
    } finally {
      web.close();
    }
  });
});
