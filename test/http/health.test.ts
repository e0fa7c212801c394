import { expect } from 'chai';
import { healthRoutes, type HealthSource } from '../../src/http/health-routes.js';
import { HEALTHY, ServedPort } from './served-port.js';

describe('health over HTTP', () => {
  let served: ServedPort;
  afterEach(() => served.stop());

  const start = async (source: Partial<HealthSource> = {}): Promise<void> => {
    served = await ServedPort.start([], {}, [...healthRoutes({ ...HEALTHY, ...source })]);
  };
  const ask = async (path: string): Promise<string> => {
    const { status, body } = await served.get(path);
    return `${status} ${body}`;
  };

  it('is reported as etcd does for a healthy member', async () => {
    await start();
    for (const path of ['/health', '/health?serializable=true', '/health?exclude=NOSPACE']) {
      expect(await ask(path), path).to.equal('200 {"health":"true","reason":""}');
    }
    expect(await ask('/livez')).to.equal('200 ok\n');
    expect(await ask('/livez?verbose')).to.equal('200 [+]serializable_read ok\nok\n');
    expect(await ask('/readyz')).to.equal('200 ok\n');
    expect(await ask('/readyz?verbose')).to.equal(
      '200 [+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\n[+]non_learner ok\nok\n',
    );
    expect(await ask('/readyz/linearizable_read?verbose')).to.equal('200 [+]linearizable_read ok\nok\n');
    expect(await ask('/version')).to.equal('200 {"etcdserver":"3.6.1","etcdcluster":"3.6.0","storage":"3.6.0"}');
  });

  it('is served for GET alone', async () => {
    await start();
    for (const path of ['/health', '/livez', '/readyz', '/version']) {
      const { status, headers, body } = await served.post(path, '');
      expect({ status, allow: headers.allow, body }).to.deep.equal({
        status: 405,
        allow: 'GET',
        body: 'Method Not Allowed\n',
      });
    }
    expect(await ask('/readyz/nonsense')).to.equal('404 404 page not found\n');
  });

  it('without a leader is bad, except for liveness and serializable reads', async () => {
    await start({
      hasLeader: () => false,
      read: (level) => Promise.resolve(level === 'stale' ? undefined : 'etcdserver: no leader'),
    });
    expect(await ask('/health')).to.equal('503 {"health":"false","reason":"RAFT NO LEADER"}\n');
    expect(await ask('/health?serializable=true')).to.equal('200 {"health":"true","reason":""}');
    expect(await ask('/livez')).to.equal('200 ok\n');
    expect(await ask('/readyz')).to.equal(
      '503 [+]data_corruption ok\n[+]serializable_read ok\n[-]linearizable_read failed: etcdserver: no leader\n[+]non_learner ok\n\n',
    );
    expect(await ask('/readyz?exclude=linearizable_read')).to.equal('200 ok\n');
  });

  it('is bad if a read fails although there is a leader', async () => {
    await start({ read: () => Promise.resolve('etcdserver: request timed out') });
    expect(await ask('/health')).to.equal(
      '503 {"health":"false","reason":"RANGE ERROR:etcdserver: request timed out"}\n',
    );
    expect(await ask('/livez')).to.equal('503 [-]serializable_read failed: etcdserver: request timed out\n\n');
  });

  it('is bad under an alarm, unless the request excludes the alarm', async () => {
    await start({ alarms: () => ['NOSPACE', 'CORRUPT'] });
    expect(await ask('/health')).to.equal('503 {"health":"false","reason":"ALARM NOSPACE"}\n');
    expect(await ask('/health?exclude=NOSPACE')).to.equal('503 {"health":"false","reason":"ALARM CORRUPT"}\n');
    expect(await ask('/health?exclude=nospace&exclude=CORRUPT')).to.equal('200 {"health":"true","reason":""}');
    expect(await ask('/readyz/data_corruption')).to.equal(
      '503 [-]data_corruption failed: alarm activated: CORRUPT\n\n',
    );
    expect(await ask('/livez')).to.equal('200 ok\n');
  });

  it('of a learner is good, but the learner is not ready', async () => {
    await start({ isLearner: () => true });
    expect(await ask('/readyz/non_learner')).to.equal('503 [-]non_learner failed: the member is a learner\n\n');
    expect(await ask('/health')).to.equal('200 {"health":"true","reason":""}');
  });
});
