import { expect } from 'chai';
import { answerTo, MESSAGE_BYTES_MAX, ServedPort, untilClosed } from '../served-port.js';
import { encode, error, one } from './texts.js';

describe('requests to the gateway', () => {
  let served: ServedPort;
  afterEach(() => served.stop());

  const echo = one((call, text) => call.respond(encode(text)));

  it('are served at each of their paths, and at the older prefix', async () => {
    served = await ServedPort.start(echo);
    for (const path of ['/v3/call', '/v3/again', '/v3beta/call', '/v3/call?x=y', 'http://anywhere:1/v3/call']) {
      const answer = await served.post(path, '{"text":"hi"}');
      expect(answer, path).to.deep.include({ status: 200, body: '{"text":"hi"}' });
      expect(answer.headers['content-type']).to.equal('application/json');
    }
  });

  it('answer 404, and 501 for another HTTP method, in the words of grpc-gateway 2', async () => {
    served = await ServedPort.start(echo);
    const notFound = '{"error":"Not Found","message":"Not Found","code":5}';
    const missing: [string, string][] = [
      ['/v3/nothing', notFound],
      ['/v3/call/', notFound],
      ['/v3beta/x', notFound],
      ['/nothing', '404 page not found\n'],
      ['//v3/call', '404 page not found\n'],
      ['/v3/%00', notFound],
    ];
    for (const [path, body] of missing) {
      expect(await served.post(path, ''), path).to.deep.include({ status: 404, body });
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers, body } = await served.post('/v3/call', '', { method });
      expect({ status, allow: headers.allow, body }).to.deep.equal({
        status: 501,
        allow: 'POST',
        body: '{"error":"Method Not Allowed","message":"Method Not Allowed","code":12}',
      });
    }
  });

  it('take an empty body as an empty message, and ignore bytes after the first value', async () => {
    served = await ServedPort.start(echo);
    for (const body of ['', '  \n', 'null', '{}', '{} {"text":"x"}', '{}garbage']) {
      expect(await served.post('/v3/call', body), body).to.include({ status: 200, body: '{}' });
    }
  });

  it('may have any content type', async () => {
    served = await ServedPort.start(echo);
    for (const type of ['text/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      const answer = await served.post('/v3/call', '{"text":"hi"}', { headers: { 'content-type': type } });
      expect(answer, type).to.include({ status: 200, body: '{"text":"hi"}' });
    }
  });

  it('answer 400 to a body that is not JSON, with the message of etcd', async () => {
    served = await ServedPort.start(echo);
    for (const [body, message] of [
      ['x', `invalid character 'x' looking for beginning of value`],
      ['{"text":', 'unexpected EOF'],
      ['text=hi', `invalid character 'e' in literal true (expecting 'r')`],
      ['{"text":1}', 'json: cannot unmarshal number into Go value of type string'],
      [Buffer.from([0x1f, 0x8b]), `invalid character '\\x1f' looking for beginning of value`],
    ] as const) {
      expect(await served.post('/v3/call', body)).to.include({ status: 400, body: error(3, message) });
    }
    expect(served.logger.lines).to.deep.equal([]);
  });

  it('are refused if the message is larger than gRPC takes; a far larger body is not even read', async () => {
    served = await ServedPort.start(echo);
    const text = 'x'.repeat(MESSAGE_BYTES_MAX - 4);
    expect(await served.post('/v3/call', `{"text":"${text}"}`)).to.include({ status: 200 });
    const [got, max] = [MESSAGE_BYTES_MAX + 1, MESSAGE_BYTES_MAX];
    expect(await served.post('/v3/call', `{"text":"${text}x"}`)).to.include({
      status: 429,
      body: error(8, `grpc: received message larger than max (${got} vs. ${max})`),
    });
    const declared = await served.rawSocket();
    declared.write(`POST /v3/call HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n`);
    expect(await untilClosed(declared)).to.match(/^HTTP\/1.1 413 .*\{"error":"request body larger than max/s);
    const chunked = await served.rawSocket();
    chunked.write('POST /v3/call HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let i = 0; i < 64; i++) chunked.write(`1000\r\n${' '.repeat(4096)}\r\n`);
    expect(await untilClosed(chunked)).to.match(/^HTTP\/1.1 413 /);
  });

  it('may arrive byte by byte', async () => {
    served = await ServedPort.start(echo);
    const sent = served.open('/v3/call', { headers: { 'transfer-encoding': 'chunked' } });
    const answered = answerTo(sent);
    for (const byte of Buffer.from('{"text":"häppchen"}')) sent.write(Buffer.from([byte]));
    sent.end();
    expect(await answered).to.include({ status: 200, body: '{"text":"häppchen"}' });
  });
});
