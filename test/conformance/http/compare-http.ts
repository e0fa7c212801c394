import { request } from 'node:http';
import { System } from '../differential/system.js';
import type { Counts, Systems } from '../differential/compare.js';
import { comparable, type HttpOutcome } from './comparable.js';
import { HTTP_CASES, type HttpCase } from './http-cases.js';

/** Sends the cases to one new member of each; status, type and body must be the same. @param minor etcd's minor version */
export async function compareHttp(minor: number): Promise<Counts> {
  const etcd = minor < GATEWAY_2 ? 'old' : 'new';
  const cases = HTTP_CASES.filter(({ only }) => only === undefined || only.etcd === etcd);
  const systems: Systems = [await System.start('raftkv'), await System.start('etcd')];
  let failed = 0;
  try {
    for (const one of cases) {
      const [ours, theirs] = await Promise.all(systems.map((system) => ask(system, one, minor)));
      const title = `${one.method ?? 'POST'} ${one.path} ${String(one.body ?? '').slice(0, 100)}`;
      if (JSON.stringify(ours) === JSON.stringify(theirs)) {
        console.log(`ok    ${title}`);
        continue;
      }
      failed += 1;
      console.log(`FAIL  ${title}\n  raftkv ${JSON.stringify(ours)}\n  etcd   ${JSON.stringify(theirs)}`);
    }
  } finally {
    for (const system of systems) await system.dispose();
  }
  return { passed: cases.length - failed, failed };
}

function ask(
  { client }: System,
  { method = 'POST', path, body, headers, mask = [], drop }: HttpCase,
  minor: number,
): Promise<HttpOutcome> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, connection: 'close' } };
    const sent = request(`http://${client.endpoint}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const kept = (drop === undefined ? text : text.replace(drop, '')).replace(GATEWAY_LATE, MEMBER_LATE);
        const {
          statusCode: status,
          headers: { 'content-type': type },
        } = response;
        const outcome = { status, type, body: kept };
        const compared = minor < GATEWAY_2 ? outcome : comparable(outcome);
        const clean = [...MASKS, ...mask].reduce((left, pattern) => left.replace(pattern, '…'), compared.body);
        resolve({ ...compared, body: clean });
      });
    });
    sent.on('error', reject);
    // For a method without a body, Node would send one without its length.
    if (body === undefined) sent.end();
    else sent.end(body);
  });
}

/** Either etcd's gateway or the member behind it notices a deadline first, and they report different codes. */
const GATEWAY_LATE = /"grpc_code":2,"http_code":500,("message":"context deadline exceeded"),"http_status":"[^"]*"/;
const MEMBER_LATE = '"grpc_code":4,"http_code":504,$1,"http_status":"Gateway Timeout"';

/** The minor version from which on etcd's gateway is grpc-gateway 2. */
const GATEWAY_2 = 5;

/** Ids, terms and addresses. */
const MASKS = [/"(cluster_id|member_id|raft_term|ID)":"\d+"/g, /http:\/\/(127\.0\.0\.1|localhost):\d+/g];
