import { type Client, status } from '@grpc/grpc-js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { PATHS } from '../../../src/http/gateway/paths.js';
import { asBytes, toMetadata } from '../../support/raw-client.js';
import { CALLERS, type Caller, expectedOf, type Row, ROWS, WATCH_PATH } from './matrix-rows.js';

/** Time limit of one call, in ms. */
const CALL_MS = 10_000;

/** A way to make the call of a row: over gRPC or over the gateway. */
export type Ask = (row: Row, token: string | undefined) => Promise<string>;

/** A caller's answer to a row. */
export interface Answer {
  readonly row: Row;
  readonly caller: Caller;
  /** Code and text. */
  readonly found: string;
  readonly expected: string;
}

/**
 * Asks every row as every caller.
 * @param tokens of callers; all but `anonymous` need one to be asked
 * @param order whether the callers of a row ask at once or one after the other. etcd drops a change of members beside another one
 */
export async function answersOf(
  ask: Ask,
  tokens: ReadonlyMap<string, string>,
  rows: readonly Row[] = ROWS,
  order: 'at once' | 'in turn' = 'at once',
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const row of rows) {
    const asked = CALLERS.filter(
      (caller) =>
        (caller === 'anonymous' || tokens.has(caller)) && !(row.exceptRoot === true && row.admits.includes(caller)),
    );
    const answer = async (caller: Caller): Promise<Answer> => {
      const found = await ask(row, tokens.get(caller));
      return { row, caller, found, expected: expectedOf(row, caller) };
    };
    if (order === 'at once') answers.push(...(await Promise.all(asked.map(answer))));
    else for (const caller of asked) answers.push(await answer(caller));
  }
  return answers;
}

/** Name of an answer in reports. */
export function titleOf({ row, caller }: Answer): string {
  return `${row.path} ${JSON.stringify(row.request, bytesAsText)} by ${caller}`;
}

/** The end of a call over gRPC; a stream that has sent a message counts as answered. */
export function askGrpc(client: Client): Ask {
  return (row, token) => {
    const body = Buffer.from(row.encode(row.request as never).finish());
    const metadata = toMetadata(token === undefined ? {} : { token });
    const options = { deadline: Date.now() + CALL_MS };
    return new Promise((resolve) => {
      const ended = ({ code, details }: { readonly code: status; readonly details: string }): void =>
        // The text of success means nothing.
        resolve(code === status.OK ? '0 ' : `${code} ${details}`);
      if (row.isStream !== true) {
        client
          .makeUnaryRequest(`/${row.path}`, asBytes, asBytes, body, metadata, options, () => undefined)
          .on('status', ended);
        return;
      }
      const call = client.makeBidiStreamRequest(`/${row.path}`, asBytes, asBytes, metadata, options);
      call.on('status', ended);
      call.on('error', () => undefined);
      call.on('data', (message: Buffer) => {
        const isWatch = row.path === WATCH_PATH;
        resolve(isWatch ? refusalIn(etcdserverpb.WatchResponse.decode(message).cancelReason) : '0 ');
        call.cancel();
      });
      call.write(body);
      call.end();
    });
  };
}

/** Whether the gateway serves the RPC of a row. */
export function isOnGateway({ path }: Pick<Row, 'path'>): boolean {
  return PATHS[`/${path}`] !== undefined;
}

/** The end of a call over the JSON gateway. @param base the client URL, without a slash at its end */
export function askGateway(base: string): Ask {
  return async (row, token) => {
    const ending = new AbortController();
    const late = setTimeout(() => ending.abort(new Error(`${row.path} has not answered`)), CALL_MS);
    try {
      const response = await fetch(`${base}${PATHS[`/${row.path}`]?.[0] ?? ''}`, {
        method: 'POST',
        headers: token === undefined ? {} : { authorization: token },
        body: JSON.stringify(row.request, bytesAsBase64),
        signal: ending.signal,
      });
      if (row.isStream === true) return refusalInLine(await firstLine(response));
      const { code = 0, message = '' } = (await response.json()) as { code?: number; message?: string };
      return `${code} ${message}`;
    } finally {
      clearTimeout(late);
      ending.abort();
    }
  };
}

/** Text up to the first end of line, or the whole. */
async function firstLine({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}

/** The answer in a message of a stream of the gateway; an error is its last. */
function refusalInLine(line: string): string {
  if (line === '') return 'no message';
  const { error, result } = JSON.parse(line) as {
    readonly error?: { readonly grpc_code?: number; readonly code?: number; readonly message?: string };
    readonly result?: { readonly cancel_reason?: string };
  };
  if (error !== undefined) return `${error.grpc_code ?? error.code} ${error.message}`;
  return refusalIn(result?.cancel_reason);
}

/** Code and text of the reason for which a watch is cancelled. */
function refusalIn(reason = ''): string {
  if (reason === '') return '0 ';
  const [, name = '', text = ''] = /^rpc error: code = (\w+) desc = (.*)$/.exec(reason) ?? [];
  const code = status[name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase() as keyof typeof status];
  return code === undefined ? reason : `${code} ${text}`;
}

/** Buffers as the gateway takes them. JSON.stringify has converted them before it asks. */
function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return Buffer.isBuffer(original) ? original.toString('base64') : value;
}

function bytesAsText(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return Buffer.isBuffer(original) ? original.toString('latin1') : value;
}
