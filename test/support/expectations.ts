import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { expectOk, revisionOf } from './etcd-client.js';
import { checkLinearizability } from '../jepsen/checkers/linearizability/check.js';
import { registerModel } from '../jepsen/checkers/linearizability/models.js';
import { poll } from './poll.js';
import type { ProcessCluster } from './process-cluster.js';
import { checkRevisions } from '../jepsen/checkers/revisions/revision-check.js';
import type { RevisionCall } from '../jepsen/checkers/revisions/revision-check.js';
import { asRegisterHistory } from './workload.js';

/** Both checkers on one history: the search, and the replay by revision. */
export function expectStrictlySerializable(history: readonly RevisionCall[]): void {
  expect(checkRevisions(history).slice(0, 10), 'by revision').to.deep.equal([]);
  const verdict = checkLinearizability(registerModel, asRegisterHistory(history));
  const message = verdict.kind === 'not-linearizable' ? verdict.report : `verdict ${verdict.kind}`;
  expect(verdict.kind, message).to.equal('linearizable');
}

/** All running members have the same data: their hashes at a revision that each has reached are equal. */
export async function expectSameData(cluster: ProcessCluster): Promise<void> {
  const clients = cluster.running.map((index) => cluster.client(index));
  const newest = revisionOf(expectOk(await defined(clients[0], 'a running member').get('any')));
  const hashes = await Promise.all(
    clients.map((client) =>
      poll(`${client.endpoint} to reach revision ${newest}`, async () => {
        const answer = await client.hashKv(newest);
        // A member that lags calls it a future revision.
        return answer.kind === 'ok'
          ? { hash: answer.response.hash, compacted: clampInteger(answer.response.compactRevision) }
          : undefined;
      }),
    ),
  );
  expect(new Set(hashes.map(({ hash, compacted }) => `${hash} ${compacted}`)).size, JSON.stringify(hashes)).to.equal(1);
}
