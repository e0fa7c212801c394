import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defined } from '../../../src/util/assert.js';

export interface LoadOptions {
  /** With the scheme `https` by TLS; the server's certificate is not verified. */
  readonly url: string;
  /** File with the body of each request. */
  readonly bodyFile: string;
  readonly connections: number;
  readonly streamsPerConnection: number;
  /** Whole seconds, at least 1. */
  readonly seconds: number;
  /** Headers of each request, beside those of gRPC. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoadResult {
  /** Answers a second. */
  readonly rate: number;
  /** Requests answered with HTTP 200; h2load ignores gRPC's own status. */
  readonly answered: number;
  /** Bytes of the answers, without headers and trailers. */
  readonly dataBytes: number;
  /** From request to answer, in milliseconds. */
  readonly meanMs: number;
}

/** A load without a single answer, as on a machine that is busy otherwise. */
export class LoadError extends Error {}

/**
 * Posts one gRPC request repeatedly, each right after an answer.
 * @throws LoadError if no request was answered; Error if an answer was not HTTP 200
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const args = [
    ['-t', '1'],
    ['-c', String(options.connections)],
    ['-m', String(options.streamsPerConnection)],
    ['-D', String(options.seconds)],
    ['-d', options.bodyFile],
    ['-H', 'content-type: application/grpc'],
    ['-H', 'te: trailers'],
    ...Object.entries(options.headers ?? {}).map(([name, value]) => ['-H', `${name}: ${value}`]),
  ];
  const { stdout } = await promisify(execFile)('h2load', [...args.flat(), options.url]);
  return parseLoad(stdout);
}

export function parseLoad(text: string): LoadResult {
  const group = (pattern: RegExp): string =>
    defined(pattern.exec(text)?.[1], `${pattern} in h2load's output:\n${text}`);
  const answered = Number(group(/requests: .* (\d+) succeeded/));
  const failed = Number(group(/requests: .* (\d+) failed/)) + Number(group(/requests: .* (\d+) errored/));
  if (failed > 0) throw new Error(`${failed} requests failed, ${answered} succeeded:\n${text}`);
  if (answered === 0)
    throw new LoadError('no request was answered while the load ran: stop other work, or raise SECONDS');
  return {
    rate: Number(group(/finished in .*, ([\d.]+) req\/s/)),
    answered,
    dataBytes: Number(group(/traffic: .*\((\d+)\) data/)),
    meanMs: milliseconds(group(/time for request:\s+\S+\s+\S+\s+(\S+)/)),
  };
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

function milliseconds(text: string): number {
  const [, number, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(number) * defined(UNITS[unit], `the unit of ${text}`);
}
