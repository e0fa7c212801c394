import { once } from 'node:events';
import { connect, type ClientHttp2Session } from 'node:http2';
import { Duplex } from 'node:stream';
import type { OutgoingField } from '../../../src/rpc/http2/hpack-encoder.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import type { ScriptedStream } from '../../rpc/http2/scripted-stream.js';
import { Wire } from '../../rpc/http2/wire.js';
import { chance, pick, randomSize } from '../pick.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';

const CHARACTERS = Array.from({ length: 0x5e }, (_, at) => String.fromCharCode(0x21 + at)).join('');

/** The client's end of a wire, as a socket. */
class WireEnd extends Duplex {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    super();
    this.#wire = wire;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#wire.send(chunk);
    setImmediate(() => {
      this.pump();
      done();
    });
  }

  override _read(): void {
    // Bytes are pushed as they come.
  }

  pump(): void {
    const bytes = this.#wire.socket.takeAll();
    if (bytes.length > 0) this.push(bytes);
  }
}

/** Requests of Node's client, which uses nghttp2's HPACK: checks that each side reads what the other writes. */
export async function againstNghttp2(trial: Trial): Promise<void> {
  const { random } = trial;
  const wanted = new Map<number, Record<string, string>>();
  const answer = (stream: ScriptedStream): void => {
    const fields = stream.request.head.fields.filter(({ name }) => name.startsWith('x-'));
    const seen = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    check(isEqual(seen, wanted.get(stream.id) ?? {}), `stream ${stream.id} sent ${JSON.stringify(seen)}`);
    const echoed: OutgoingField[] = fields.map((field) => ({ ...field, repeats: chance(random, 0.5) }));
    stream.headers([{ name: ':status', value: '200' }, ...echoed]);
    stream.end([{ name: 'x-end', value: String(stream.id) }, ...echoed]);
  };
  const wire = new Wire({ onData: (stream, _, isLast) => (isLast ? answer(stream) : undefined) });
  const end = new WireEnd(wire);
  const settings = { headerTableSize: pick(random, [0, 100, 1_000, 4096, 65_536]) };
  const session = connect('http://test', { createConnection: () => end, settings });
  session.on('error', () => undefined);
  try {
    const values = Array.from({ length: 8 }, () => randomText(random, pick(random, [5, 50, 3_000])));
    for (let calls = randomInteger(random, 1, 25); calls > 0; calls -= 1) {
      if (chance(random, 0.1)) session.settings({ headerTableSize: pick(random, [0, 64, 4096]) });
      trial.count(1);
      await request(session, end, wanted, randomHeaders(random, values));
    }
    check(wire.violations.length === 0, wire.violations.join());
  } finally {
    session.destroy();
  }
}

async function request(
  session: ClientHttp2Session,
  end: WireEnd,
  wanted: Map<number, Record<string, string>>,
  headers: Record<string, string>,
): Promise<void> {
  const stream = session.request({ ':method': 'POST', ':path': '/', ...headers }, { endStream: true });
  const pump = setInterval(() => end.pump(), 1);
  try {
    const come = once(stream, 'response');
    const trailers = once(stream, 'trailers');
    // Known only once the session has sent the request, before the server sees it.
    stream.once('ready', () => wanted.set(stream.id ?? 0, headers));
    if (stream.id !== undefined) wanted.set(stream.id, headers);
    stream.resume();
    const [response] = (await come) as [Record<string, string>];
    const [last] = (await trailers) as [Record<string, string>];
    check(isEqual(own(response), headers), `a response of ${JSON.stringify(response)}`);
    check(isEqual(own(last), { ...headers, 'x-end': String(stream.id) }), `trailers of ${JSON.stringify(last)}`);
  } finally {
    clearInterval(pump);
  }
}

function own(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-')));
}

function randomHeaders(random: Random, values: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let count = randomInteger(random, 0, 7); count > 0; count -= 1) {
    headers[`x-${randomInteger(random, 0, 12)}`] = chance(random, 0.8)
      ? (values[randomInteger(random, 0, values.length)] ?? '')
      : randomText(random, 100);
  }
  return headers;
}

function randomText(random: Random, max: number): string {
  let text = '';
  for (let left = randomSize(random, max); left > 0; left -= 1)
    text += CHARACTERS[randomInteger(random, 0, CHARACTERS.length)];
  return text;
}

function isEqual(left: Record<string, string>, right: Record<string, string>): boolean {
  const names = Object.keys(right);
  return names.length === Object.keys(left).length && names.every((name) => left[name] === right[name]);
}
