import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../src/client/index.js';
import { defined } from '../../src/util/assert.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { TestAuthority } from '../support/certificates.js';
import { InstalledPackage, ROOT } from './installed-package.js';

type Language = 'js' | 'cjs' | 'ts';

/** File names that make Node and TypeScript treat a program as an ES module or as CommonJS. */
const EXTENSIONS: Readonly<Record<Language, string>> = { js: 'mjs', cjs: 'cjs', ts: 'mts' };

interface Example {
  readonly page: string;
  /** The line on which the program starts. */
  readonly line: number;
  readonly language: Language;
  readonly program: string;
}

function examplesOf(page: string): readonly Example[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```(ts|js|cjs)\n(.*?)^```$/gms)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length + 1,
    language: defined(match[1], 'a language') as Language,
    program: defined(match[2], 'a program'),
  }));
}

/** A member as the examples with TLS expect it. @param folder gets the files that they name */
async function startSecure(folder: string): Promise<LoneMember> {
  const authority = await TestAuthority.create();
  const [server, client] = [await authority.issue(), await authority.issue({ commonName: 'client', uses: ['client'] })];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.crt'), authority.ca);
  writeFileSync(join(folder, 'client.crt'), client.cert);
  writeFileSync(join(folder, 'client.key'), client.key);
  const member = await LoneMember.start({
    'listen-client-urls': 'https://127.0.0.1:0',
    'cert-file': server.certFile,
    'key-file': server.keyFile,
    'trusted-ca-file': authority.caFile,
    'bcrypt-cost': '4',
  });
  await using root = new Client({
    endpoints: member.member.clientUrls,
    tls: { ca: authority.ca, cert: client.cert, key: client.key },
  });
  await root.auth.userAdd('root', { password: 'root-password' });
  await root.auth.userGrantRole('root', 'root');
  await root.auth.enable();
  return member;
}

/** Strict compiler options. `await using` is compiled for Node 20. */
const COMPILER = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  rootDir: '.',
};

const README = examplesOf('README.md');
const PAGES = [
  ...README,
  ...examplesOf('docs/CLIENT.md'),
  ...examplesOf('docs/EMBEDDING.md'),
  ...examplesOf('docs/FEEDS.md'),
  ...examplesOf('docs/SESSIONS.md'),
];

describe('An installed package', function () {
  this.timeout(300_000);
  let installed: InstalledPackage;
  let lone: LoneMember;
  /** With TLS, certificates of clients and users, for the examples whose endpoints begin with https. */
  let secure: LoneMember;

  const nameOf = ({ page, line, language }: Example, extension = EXTENSIONS[language]): string =>
    `${page.replace(/\W/g, '-')}-${line}.${extension}`;
  const writeProject = (folder: string, compilerOptions: object, files: readonly string[]): string => {
    const path = join(installed.folder, folder, 'tsconfig.json');
    mkdirSync(join(installed.folder, folder), { recursive: true });
    writeFileSync(path, JSON.stringify({ compilerOptions: { ...COMPILER, ...compilerOptions }, files }));
    return path;
  };

  before(async () => {
    installed = await InstalledPackage.install();
    lone = await LoneMember.start();
    secure = await startSecure(join(installed.folder, 'certs'));
    writeFileSync(join(installed.folder, 'package.json'), '{ "name": "reader", "private": true }');
    for (const example of PAGES) {
      const program = example.program
        .replaceAll('https://127.0.0.1:2379', `https://${endpointOf(secure.member)}`)
        .replaceAll('127.0.0.1:2379', endpointOf(lone.member));
      writeFileSync(join(installed.folder, nameOf(example)), program);
    }
    const programs = PAGES.filter(({ language }) => language === 'ts').map((example) => `../${nameOf(example)}`);
    const project = writeProject('compiled', { module: 'nodenext', rootDir: '..', outDir: '..' }, programs);
    expect(await installed.tsc('-p', project), 'what the compiler says of the examples').to.equal('');
  });

  after(async () => {
    installed.remove();
    await lone.dispose();
    await secure.dispose();
  });

  it('has an example in its README for ES modules, CommonJS and TypeScript', () => {
    expect(README.map(({ language }) => language)).to.include.members(['js', 'cjs', 'ts']);
  });

  for (const example of PAGES) {
    const { page, line, language } = example;
    it(`runs the ${language} example at line ${line} of ${page} with plain Node, and it prints what the page says`, async () => {
      const promised = [...example.program.matchAll(/\/\/ prints (.*)$/gm)].map(([, text]) => text);
      expect(promised.length, 'lines that the page promises').to.be.above(0);
      const file = nameOf(example, language === 'ts' ? 'mjs' : EXTENSIONS[language]);
      expect(await installed.node(file)).to.deep.equal(promised);
    });
  }

  // Each has its own rules for resolving a package's types.
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['node16', 'node16'],
    ['esnext', 'bundler'],
  ] as const) {
    it(`has types for every entry point under moduleResolution ${moduleResolution}`, async () => {
      const folder = `types-${moduleResolution}`;
      const project = writeProject(folder, { module, moduleResolution, noEmit: true }, ['entry-points.mts']);
      writeFileSync(join(installed.folder, folder, 'entry-points.mts'), ENTRY_POINTS);
      expect(await installed.tsc('-p', project)).to.equal('');
    });
  }

  // Under `node16` a CommonJS file imports ES modules dynamically, under `nodenext` also statically.
  for (const [module, program] of [
    [
      'nodenext',
      "import { Client } from 'raftkv/client';\nexport = (endpoint: string) => new Client({ endpoints: [endpoint] });\n",
    ],
    ['node16', "export = async () => (await import('raftkv/client')).Client;\n"],
  ] as const) {
    it(`has types for a CommonJS project under module ${module}`, async () => {
      const project = writeProject(`cjs-${module}`, { module, noEmit: true, verbatimModuleSyntax: false }, [
        'main.cts',
      ]);
      writeFileSync(join(installed.folder, `cjs-${module}`, 'main.cts'), program);
      expect(await installed.tsc('-p', project)).to.equal('');
    });
  }

  it('starts its command', async () => {
    expect((await installed.node('node_modules/raftkv/dist/cli/main.js', 'version')).join('\n')).to.contain('raftkv');
  });
});

/** Uses each entry point, with the types of its main functions. */
const ENTRY_POINTS = `
import { ConfigError, MemberError, resolveConfig, startMember } from 'raftkv';
import type { Logger, Member, MemberErrorCode, MemberId, MemberStatus } from 'raftkv';
import { Client, RaftKvError } from 'raftkv/client';
import type { ErrorCode, MemberId as ClientMemberId } from 'raftkv/client';
import { RawNode } from 'raftkv/raft';

declare const logger: Logger;
const member: Member = await startMember(resolveConfig({ dataDir: 'x', heartbeatInterval: 100 }), logger);
const status: MemberStatus = member.status();
const leader: MemberId | undefined = status.leader;
const client = new Client({ endpoints: member.clientUrls });
const same: ClientMemberId | undefined = (await client.status()).leader;
await client.memberRemove(member.id);
export const found: readonly (ErrorCode | MemberErrorCode | 'invalid-config')[] = [
  new RaftKvError({ code: 'unknown', message: '', fate: 'unknown', retryable: false }).code,
  new MemberError('system', new Error()).code,
  new ConfigError('').code,
];
export { leader, RawNode, same };
`;
