import { writeFileSync } from 'node:fs';
import { CommandError } from '../../../src/cli/process/streams.js';
import { readConfigFile } from '../../../src/cli/settings/config-file.js';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { SETTING_NAMES, SETTINGS } from '../../../src/server/settings/table.js';
import { ConfigError } from '../../../src/server/settings/urls.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutatedText } from '../framework/mutate.js';
import { scratchFile } from '../framework/scratch.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomSize } from '../pick.js';

const VALUES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  text: ['name', 'a b', 'ünïcode', '007', '0x1F', 'true', 'null-ish', '-x', 'a: b', 'jwt,sign-method=HS256,priv-key=f'],
  integer: ['0', '1', '100', '65536', '-1', '9007199254740993', '1e3'],
  duration: ['1s', '500ms', '10m0s', '1h30m', '0', '-1s', '1000000000'],
  boolean: ['true', 'false', 'T', '1', 'yes'],
  choice: ['info', 'debug', 'revision', 'periodic', 'json', 'none'],
  list: ['a,b', '*', 'localhost', ''],
  urls: ['http://127.0.0.1:2379', 'https://[::1]:1,http://h:2', 'http://h', 'unix://x', 'http://h:99999', 'ftp://h:1'],
};

/** Values of settings that have a form of their own. */
const OWN_VALUES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'auth-token': [
    'simple',
    'jwt',
    'jwt,sign-method=HS256,priv-key=f',
    'jwt,sign-method=ES256,pub-key=p,priv-key=f,ttl=10m',
    'jwt,sign-method=none',
    'jwt,sign-method=RS256',
    'jwt,a=b',
    'jwt,ttl=1s,ttl=2s',
    'jwt,sign-method=HS256,pub-key=p',
  ],
  'feature-gates': [
    'InitialCorruptCheck=true',
    'TxnModeWriteWithSharedBuffer=true,CompactHashCheck=false',
    'Unknown=true',
    'InitialCorruptCheck=maybe',
    'InitialCorruptCheck',
  ],
  'initial-cluster': [
    'a=http://h:1,b=http://h:2',
    'a=http://h:1,a=http://h:2',
    'a',
    '=',
    ',,',
    'default=http://localhost:2380',
  ],
  'auto-compaction-retention': ['0', '5', '10h', '1ms', '-1', '30m'],
  'cipher-suites': ['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'x'],
  'tls-min-version': ['TLS1.2', 'TLS1.3', 'TLS1.1'],
  'tls-max-version': ['TLS1.2', 'TLS1.3'],
  'listen-client-urls': ['http://0.0.0.0:2379', 'https://localhost:2379', 'http://h', 'unix://socket'],
};

/** Settings by name, with values that are mostly accepted. */
function randomSettings(random: Random): [string, string][] {
  const names = new Map<string, string>();
  for (let count = randomSize(random, 8); count >= 0; count -= 1) {
    const own = chance(random, 0.3) ? pick(random, Object.keys(OWN_VALUES) as [string, ...string[]]) : undefined;
    const setting = SETTINGS.find(({ flag }) => flag === own) ?? SETTINGS[randomInteger(random, 0, SETTINGS.length)];
    if (setting === undefined) continue;
    const values = OWN_VALUES[setting.flag] ?? VALUES[setting.kind] ?? VALUES['text'];
    if (values !== undefined)
      names.set(
        setting.flag,
        chance(random, 0.5) ? (setting.defaultText ?? pick(random, values)) : pick(random, values),
      );
  }
  return [...names];
}

const SECTIONS = [
  'client-transport-security:\n  cert-file: c\n  key-file: k\n',
  'peer-transport-security: {allowed-cn: x, auto-tls: true}\n',
  'socket-options:\n',
  'listen-client-urls:\n- http://127.0.0.1:1\n- http://127.0.0.1:2\n',
  'a: &a [1, 2]\ncors: *a\n',
  'data-dir: |\n  folder\n',
  '# comment\n',
  '%YAML 1.2\n---\n',
  '<<: {name: x}\n',
  '? name\n: x\n',
] as const;

/** @returns the text of the file, and the settings that must be read from it unless it is changed */
function randomFile(random: Random): {
  readonly text: string;
  readonly settings: readonly (readonly [string, string])[] | undefined;
} {
  const settings = randomSettings(random).filter(([, value]) => value !== '');
  const quoted = settings.map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)] as const);
  const style = pick(random, ['json', 'lines', 'flow', 'sections', 'bomb'] as const);
  if (style === 'json')
    return { text: JSON.stringify(Object.fromEntries(settings), undefined, pick(random, [0, 2])), settings };
  if (style === 'flow') return { text: `{${quoted.map(([name, value]) => `${name}: ${value}`).join(', ')}}`, settings };
  const lines = quoted.map(([name, value]) => `${chance(random, 0.5) ? name.slice(1, -1) : name}: ${value}\n`).join('');
  if (style === 'lines') return { text: lines, settings };
  if (style === 'bomb') return { text: bomb(random), settings: undefined };
  return { text: pick(random, SECTIONS) + lines + pick(random, SECTIONS), settings: undefined };
}

/** Aliases of aliases, or deep nesting. */
function bomb(random: Random): string {
  if (chance(random, 0.5)) return `name: ${'['.repeat(randomSize(random, 500))}`;
  const levels = Array.from(
    { length: randomSize(random, 9) },
    (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(8)}]\n`,
  );
  return `l0: &l0 x\n${levels.join('')}cors: *l${levels.length}\n`;
}

const FILES = 10;

/** Configuration files: settings are read as they are written, or refused in one line that names the file or the setting. */
export async function configFiles(trial: Trial): Promise<void> {
  const { random } = trial;
  const path = scratchFile('config');
  for (let count = 0; count < FILES; count += 1) {
    const { text, settings } = randomFile(random);
    const content = chance(random, 0.3) ? text : mutatedText(random, text, [...SETTING_NAMES, ...SECTIONS]);
    await trial.feedSlowly(content, async (changed) => {
      writeFileSync(path, changed);
      const seen = await orOneLine(() => readConfigFile(path, { namedBy: '--config-file' }));
      if (seen === undefined) {
        check(changed !== text || settings === undefined, 'a valid file is refused');
        return;
      }
      const names = Object.keys(seen);
      check(
        names.every((name) => SETTING_NAMES.includes(name) && typeof seen[name] === 'string'),
        names.join(),
      );
      if (changed === text && settings !== undefined) {
        check(JSON.stringify(Object.entries(seen)) === JSON.stringify(settings), JSON.stringify(seen));
      }
      await orOneLine(() => Promise.resolve(resolveConfig(seen as Parameters<typeof resolveConfig>[0])));
    });
  }
}

/** Undefined if it is refused. */
async function orOneLine<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    check(
      error instanceof CommandError || error instanceof ConfigError,
      error instanceof Error ? String(error.stack) : String(error),
    );
    check(error instanceof Error && !error.message.includes('\n'), `several lines: ${String(error)}`);
    return undefined;
  }
}
