import { request } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { translated } from '../../../src/http/streams/fields.js';
import type { RequestHead } from '../../../src/rpc/http2/request-head.js';

const HEAD: RequestHead = {
  method: 'GET',
  path: '/a',
  scheme: 'https',
  authority: 'a:1',
  fields: [],
  contentLength: undefined,
  ownBytes: 100,
  derived: undefined,
};

describe('the translation of a request of HTTP/2', () => {
  it('joins repeated fields, and leaves out those that concern a connection', () => {
    const fields = [
      { name: 'host', value: 'b' },
      { name: 'te', value: 'trailers' },
      { name: 'expect', value: '100-continue' },
      { name: 'trailer', value: 'x' },
      { name: 'content-length', value: '07' },
      { name: 'content-length', value: '7' },
      { name: 'cookie', value: 'a=1' },
      { name: 'cookie', value: 'b=2' },
      { name: '__proto__', value: 'text' },
      { name: 'x-empty', value: '' },
    ];
    expect(translated({ ...HEAD, fields, contentLength: 7 })).to.deep.equal({
      kind: 'request',
      method: 'GET',
      path: '/a',
      headers: Object.assign(Object.create(null) as object, {
        cookie: ['a=1', 'b=2'],
        ['__proto__']: 'text',
        'x-empty': '',
        host: 'a:1',
        'content-length': '7',
      }),
    });
  });

  it('takes the authority from Host if there is no other, and leaves it empty without one', () => {
    const fields = [{ name: 'host', value: 'b' }];
    expect(translated({ ...HEAD, authority: undefined, fields })).to.have.nested.property('headers.host', 'b');
    expect(translated({ ...HEAD, authority: undefined })).to.have.nested.property('headers.host', '');
  });

  // http.request throws on a character that it does not send: an exception in the turn of a connection ends the process.
  it('refuses each method, path, name and value that node:http would refuse, and no other character of a value', () => {
    const refusedBy = (head: RequestHead): string => {
      const found = translated(head);
      if (found.kind === 'refused') return found.status;
      const { method, path, headers } = found;
      const sent = request({ method, path, headers, setHost: false, createConnection: () => new PassThrough() });
      sent.on('error', () => undefined).destroy();
      return '';
    };
    for (let code = 0; code <= 0xff; code += 1) {
      const char = String.fromCharCode(code);
      refusedBy({ ...HEAD, method: `G${char}T` });
      refusedBy({ ...HEAD, path: `/a${char}b` });
      refusedBy({ ...HEAD, fields: [{ name: `x${char}y`, value: 'v' }] });
      const isControl = (code < 0x20 && code !== 9) || code === 0x7f;
      const value = `a${char}b`;
      expect(refusedBy({ ...HEAD, fields: [{ name: 'x', value }] }), `a value with ${code}`).to.equal(
        isControl ? '400' : '',
      );
      expect(refusedBy({ ...HEAD, authority: value }), `an authority with ${code}`).to.equal(isControl ? '400' : '');
    }
    for (const path of ['', '*', 'a', '/a b', '/\u00e9', 'http://a/'])
      expect(refusedBy({ ...HEAD, path })).to.equal('400');
    expect(refusedBy({ ...HEAD, method: 'OPTIONS', path: '*' })).to.equal('');
    expect(refusedBy({ ...HEAD, method: 'get' })).to.equal('400');
    expect(refusedBy({ ...HEAD, method: 'CONNECT', path: '' })).to.equal('405');
  });
});
