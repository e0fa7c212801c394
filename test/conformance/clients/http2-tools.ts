import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { writeFileSync } from 'node:fs';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import type { Counts } from '../differential/compare.js';
import { SecureMember } from '../users/secure-member.js';

const { PutRequest, RangeRequest, RangeResponse } = etcdserverpb;
/** Debian's packages of the tools. */
const PACKAGES = { curl: 'curl', nghttp: 'nghttp2-client', h2load: 'nghttp2-client' } as const;
const RUN_MS = 60_000;
const GRPC = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
const PREFIX_BYTES = 5;

/** Missing Debian packages of the tools. */
export function missingTools(): readonly string[] {
  const missing = Object.entries(PACKAGES).filter(([program]) => {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return [...new Set(missing.map(([, name]) => name))];
}

/** One step: its result, and what it must be. */
type Step = readonly [name: string, found: unknown, wanted: unknown];

/** curl and nghttp2's tools at one member, with HTTP/1.1, HTTP/2 by prior knowledge and by ALPN. */
export async function runHttp2Tools(): Promise<Counts> {
  const member = await SecureMember.start('raftkv');
  const folder = makeTemporaryFolder('http2-tools');
  let [passed, failed] = [0, 0];
  try {
    for await (const [name, found, wanted] of steps(member, folder)) {
      const ok = isDeepStrictEqual(found, wanted);
      if (ok) passed += 1;
      else failed += 1;
      const difference = ok ? '' : `: ${JSON.stringify(found)} in place of ${JSON.stringify(wanted)}`;
      console.log(`${ok ? 'ok   ' : 'FAIL '} ${name}${difference}`);
    }
  } finally {
    await member.dispose();
    removeFolder(folder);
  }
  return { passed, failed };
}

async function* steps({ plain, secure, files }: SecureMember, folder: string): AsyncGenerator<Step, void, undefined> {
  const written = (name: string, bytes: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const put = written('put', framed(PutRequest.encode({ key: Buffer.from('k'), value: Buffer.from('v') }).finish()));
  const range = written('range', framed(RangeRequest.encode({ key: Buffer.from('k') }).finish()));
  const status = ['-o', '/dev/null', '-w', '%{http_version} %{http_code}'];
  const ways = [
    ['HTTP/1.1', [`http://${plain}`], '1.1'],
    ['HTTP/2 by prior knowledge', ['--http2-prior-knowledge', `http://${plain}`], '2'],
    ['HTTP/2 by ALPN', ['--http2', '--cacert', files.ca, `https://${secure}`], '2'],
    ['HTTP/1.1 over TLS', ['--http1.1', '--cacert', files.ca, `https://${secure}`], '1.1'],
  ] as const;
  for (const [way, args, version] of ways) {
    const flags = args.slice(0, -1);
    const url = args.at(-1) ?? '';
    yield [`curl, ${way}: health`, text(await curl([...flags, ...status, `${url}/health`])), `${version} 200`];
    const body = JSON.stringify({
      key: Buffer.from('k').toString('base64'),
      value: Buffer.from(way).toString('base64'),
    });
    const answer = JSON.parse(text(await curl([...flags, '-d', body, `${url}/v3/kv/put`]))) as object;
    yield [`curl, ${way}: a put through the gateway`, Object.keys(answer), ['header']];
    if (version !== '2') continue;
    const called = (method: string, message: string): Promise<Buffer> =>
      curl([...flags, ...GRPC, '--data-binary', `@${message}`, '-D', '-', `${url}/etcdserverpb.KV/${method}`]);
    const putAnswer = text(await called('Put', put));
    yield [`curl, ${way}: a gRPC put`, /grpc-status: (\d+)/.exec(putAnswer)?.[1], '0'];
    const rangeAnswer = await curl([...flags, ...GRPC, '--data-binary', `@${range}`, `${url}/etcdserverpb.KV/Range`]);
    const { kvs } = RangeResponse.decode(rangeAnswer.subarray(PREFIX_BYTES));
    yield [`curl, ${way}: a gRPC range`, kvs.map(({ value }) => Buffer.from(value ?? []).toString()), ['v']];
  }
  for (const [way, url] of [
    ['prior knowledge', `http://${plain}`],
    ['ALPN', `https://${secure}`],
  ] as const) {
    const seen = text(await run('nghttp', ['-nv', '--no-verify-peer', `${url}/health`, `${url}/version`]));
    yield [`nghttp, ${way}: both answers`, seen.match(/:status: 200/g)?.length, 2];
    yield [`nghttp, ${way}: no reset and no error`, /RST_STREAM|error_code=(?!NO_ERROR)/.test(seen), false];
    const padded = text(
      await run('nghttp', ['-nv', '--no-verify-peer', '-b', '100', '-w', '10', '-W', '20', `${url}/metrics`]),
    );
    yield [`nghttp, ${way}: padding and small windows`, /:status: 200/.test(padded), true];
    const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
    // Its headers of 16 KiB and more take several frames.
    const call = [...headers, '-d', put, `${url}/etcdserverpb.KV/Put`];
    const continued = text(await run('nghttp', ['-nv', '--no-verify-peer', '--continuation', ...call]));
    yield [`nghttp, ${way}: a gRPC put in CONTINUATION frames`, /grpc-status: (\d+)/.exec(continued)?.[1], '0'];
    const load = ['-n', '2000', '-c', '4', '-m', '50', '-d', put, ...headers, `${url}/etcdserverpb.KV/Put`];
    const done = text(await run('h2load', load));
    yield [`h2load, ${way}: 2,000 puts`, /(\d+) succeeded, (\d+) failed/.exec(done)?.slice(1), ['2000', '0']];
  }
}

function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const curl = (args: readonly string[]): Promise<Buffer> => run('curl', ['-sS', '--max-time', '30', ...args]);

async function run(program: string, args: readonly string[]): Promise<Buffer> {
  const options = { encoding: 'buffer', timeout: RUN_MS, maxBuffer: 64 * 1024 * 1024 } as const;
  const { stdout } = await promisify(execFile)(program, args, options);
  return stdout;
}

function text(bytes: Buffer): string {
  return bytes.toString('latin1');
}
