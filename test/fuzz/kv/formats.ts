import { mvccpb, raftkv } from '../../../src/gen/proto.js';
import {
  decodeCommand,
  encodeCommand,
  UnknownCommandError,
  type Command,
  type CommandKind,
} from '../../../src/kv/commands/command.js';
import { ChangeRowEncoder, decodeChangeRow, type LoggedChange } from '../../../src/kv/format/change-row.js';
import { HistoryRowEncoder, versionsIn, type SupersededVersion } from '../../../src/kv/format/history-row.js';
import {
  decodeKeyValue,
  decodeRevisions,
  encodeKeyValue,
  keyOf,
  leaseOf,
  type KeyValue,
} from '../../../src/kv/format/key-value.js';
import { historyKey } from '../../../src/kv/format/layout.js';
import { ConfChangeFormatError, decodeConfChange, encodeConfChange } from '../../../src/raft/conf-change/codec.js';
import type { ConfChange, ConfChangeTransition, ConfChangeType } from '../../../src/raft/types.js';
import { compareBytes } from '../../../src/util/bytes.js';
import { toBigInt, clampInteger } from '../../../src/util/integer.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { messageType, randomMessage } from '../framework/messages.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf, randomSize } from '../pick.js';

const INPUTS = 60;

const KINDS: readonly [CommandKind, ...CommandKind[]] = [
  'put',
  'deleteRange',
  'txn',
  'compaction',
  'alarm',
  'memberUpdate',
  'leaseGrant',
  'leaseRevoke',
  'leaseExpire',
  'authEnable',
  'tokenAssign',
  'userAdd',
  'roleGrantPermission',
  'roleRevokePermission',
  'feedCreate',
  'feedAck',
  'feedJoin',
];

function randomInt(random: Random): number {
  return pick(random, [0, 1, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, randomInteger(random, 0, 2 ** 48)]);
}

function randomCommand(random: Random): Command {
  const origin = { member: randomInt(random), boot: randomInteger(random, 0, 2 ** 32), sequence: randomInt(random) };
  const request = randomMessage(random, messageType('etcdserverpb.PutRequest'));
  const user = chance(random, 0.5)
    ? undefined
    : { bytes: Buffer.from(pick(random, ['root', 'ü'])), authRevision: randomInt(random) };
  return { origin, kind: pick(random, KINDS), request, ...(user === undefined ? {} : { user }) };
}

function commandText({ origin, kind, request, user }: Command): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return JSON.stringify([
    origin,
    kind,
    hex(request),
    user === undefined ? undefined : [hex(user.bytes), user.authRevision],
  ]);
}

/** Envelopes of commands: read as they are written; what is accepted is what the codec reads. */
export function commandEnvelopes(trial: Trial): void {
  const { random } = trial;
  const known: Buffer[] = [];
  for (let count = 0; count < INPUTS; count += 1) {
    const command = randomCommand(random);
    const bytes = Buffer.from(encodeCommand(command));
    check(commandText(decodeCommand(bytes)) === commandText(command), `${commandText(command)} is read as another`);
    known.push(bytes);
    trial.feed(mutated(random, bytes, known), checkEnvelope);
  }
}

function checkEnvelope(bytes: Buffer): void {
  let seen: Command;
  try {
    seen = decodeCommand(bytes);
  } catch (error) {
    check(
      error instanceof UnknownCommandError || error instanceof RangeError,
      error instanceof Error ? String(error.stack) : String(error),
    );
    return;
  }
  const again = Buffer.from(encodeCommand(seen));
  check(commandText(decodeCommand(again)) === commandText(seen), 'another command after writing');
  let wanted: raftkv.Command;
  try {
    wanted = raftkv.Command.decode(again);
  } catch {
    // The body, or the name of the user, is not what the codec accepts: they are checked when they are read.
    return;
  }
  check(
    clampInteger(wanted.origin) === seen.origin.member &&
      wanted.boot === seen.origin.boot &&
      clampInteger(wanted.sequence) === seen.origin.sequence,
    'another origin',
  );
  check(wanted.body === seen.kind, `${seen.kind} instead of ${String(wanted.body)}`);
}

function randomKeyValue(random: Random): KeyValue {
  return {
    key: randomBytesOf(random, 1 + randomSize(random, 20)),
    createRevision: randomInt(random),
    modRevision: randomInt(random),
    version: randomInt(random),
    value: randomBytesOf(random, randomSize(random, 40)),
    lease: pick(random, [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), BigInt(randomInt(random))]),
  };
}

function keyValueText({ key, value, lease, ...revisions }: KeyValue): string {
  return JSON.stringify([
    Buffer.from(key).toString('hex'),
    Buffer.from(value).toString('hex'),
    String(lease),
    revisions.createRevision,
    revisions.modRevision,
    revisions.version,
  ]);
}

/** Stored versions of keys: read as they are written, and what is accepted is what the codec reads. */
export function storedKeyValues(trial: Trial): void {
  const { random } = trial;
  const known: Buffer[] = [];
  for (let count = 0; count < INPUTS; count += 1) {
    const version = randomKeyValue(random);
    const bytes = Buffer.from(encodeKeyValue(version));
    known.push(bytes);
    check(keyValueText(decodeKeyValue(bytes)) === keyValueText(version), `${keyValueText(version)} is read as another`);
    check(
      leaseOf(bytes) === version.lease && decodeRevisions(bytes).modRevision === version.modRevision,
      'a part is read as another',
    );
    check(Buffer.from(keyOf(bytes)).equals(Buffer.from(version.key)), 'the key is read as another');
    const wanted = mvccpb.KeyValue.decode(bytes);
    check(
      toBigInt(wanted.lease) === version.lease && clampInteger(wanted.modRevision) === version.modRevision,
      'the codec reads another',
    );
    trial.feed(mutated(random, bytes, known), checkKeyValue);
  }
}

function checkKeyValue(bytes: Buffer): void {
  const parts = [
    () => decodeKeyValue(bytes),
    () => leaseOf(bytes),
    () => decodeRevisions(bytes),
    () => keyOf(bytes),
    () => versionsIn(bytes),
    () => decodeChangeRow(bytes),
  ];
  for (const part of parts) orRange<unknown>(part);
  const seen = orRange(() => decodeKeyValue(bytes));
  if (seen === undefined || seen.key.length === 0) return;
  check(keyValueText(decodeKeyValue(encodeKeyValue(seen))) === keyValueText(seen), 'another version after writing');
}

/** Undefined if the bytes are refused as damaged. */
function orRange<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    check(error instanceof RangeError, error instanceof Error ? String(error.stack) : String(error));
    return undefined;
  }
}

/** Rows of several versions or changes: read as they are written. */
export function storedRows(trial: Trial): void {
  const { random } = trial;
  const versions: SupersededVersion[] = Array.from({ length: randomInteger(random, 1, 8) }, () => ({
    end: randomInt(random),
    keyValue: encodeKeyValue(randomKeyValue(random)),
  }));
  const history = new HistoryRowEncoder();
  const [first, ...others] = versions.filter(({ keyValue }) => history.takes(keyValue));
  for (const version of [first, ...others]) if (version !== undefined) history.add(version);
  const row = Buffer.from(history.finish(Buffer.from('k'), 3).value);
  const text = (all: readonly SupersededVersion[]): string =>
    all.map(({ end, keyValue }) => `${end} ${Buffer.from(keyValue).toString('hex')}`).join();
  check(text(versionsIn(row)) === text(versions), 'other versions');
  trial.feed(mutated(random, row), (bytes) => void orRange(() => versionsIn(bytes)));

  const encoder = new ChangeRowEncoder();
  const changes: LoggedChange[] = [];
  let [revision, sub] = [randomInteger(random, 100, 2 ** 40), 0];
  for (let count = randomInteger(random, 1, 20); count > 0; count -= 1) {
    const previousRevision = chance(random, 0.5) ? 0 : randomInteger(random, 1, 100);
    const historyRow = previousRevision === 0 ? 0 : randomInteger(random, 0, previousRevision + 1);
    const change: LoggedChange = {
      revision,
      sub,
      kind: pick(random, ['put', 'delete']),
      key: randomBytesOf(random, 1 + randomSize(random, 30)),
      previousRevision,
      historyRow,
      endsHistoryRow: chance(random, 0.3),
    };
    if (!encoder.takes(change)) break;
    encoder.add(change);
    changes.push(change);
    if (chance(random, 0.5)) sub += 1;
    else [revision, sub] = [revision + 1, 0];
  }
  const log = Buffer.from(encoder.finish().value);
  const changesText = (all: readonly LoggedChange[]): string =>
    JSON.stringify(
      all.map((change) => [
        change.revision,
        change.sub,
        change.kind,
        Buffer.from(change.key).toString('hex'),
        change.previousRevision,
        change.historyRow,
        change.endsHistoryRow,
      ]),
    );
  check(changesText(decodeChangeRow(log)) === changesText(changes), 'other changes');
  for (let count = 0; count < 10; count += 1)
    trial.feed(mutated(random, log, [row]), (bytes) => void orRange(() => decodeChangeRow(bytes)));
  checkOrder(random);
}

/** Keys of history rows have the order of user keys, newest first. */
function checkOrder(random: Random): void {
  const key = (): Buffer =>
    Buffer.from(Array.from({ length: randomSize(random, 4) }, () => pick(random, [0, 0, 1, 0x61, 0xfe, 0xff])));
  const [left, right, older, newer] = [key(), key(), randomInt(random), randomInt(random)];
  const wanted = compareBytes(left, right) || Math.sign(newer - older);
  const seen = compareBytes(historyKey(left, older), historyKey(right, newer));
  check(Math.sign(seen) === Math.sign(wanted), `${left.toString('hex')} ${older}, ${right.toString('hex')} ${newer}`);
}

const TRANSITIONS: readonly [ConfChangeTransition, ...ConfChangeTransition[]] = ['auto', 'implicit', 'explicit'];
const STEP_TYPES: readonly [ConfChangeType, ...ConfChangeType[]] = ['add-voter', 'remove', 'update', 'add-learner'];

/** Changes of the configuration: what is accepted is written as the same bytes. */
export function confChanges(trial: Trial): void {
  const { random } = trial;
  for (let count = 0; count < INPUTS; count += 1) {
    const change: ConfChange = {
      transition: pick(random, TRANSITIONS),
      steps: Array.from({ length: randomSize(random, 5) }, () => ({
        type: pick(random, STEP_TYPES),
        id: randomInt(random),
      })),
      context: Uint8Array.from(randomBytesOf(random, randomSize(random, 20))),
    };
    const valid = Buffer.from(encodeConfChange(change));
    check(changeText(decodeConfChange(valid)) === changeText(change), 'another change is read');
    trial.feed(mutated(random, valid), (bytes) => {
      try {
        const seen = decodeConfChange(bytes);
        check(
          changeText(decodeConfChange(encodeConfChange(seen))) === changeText(seen),
          'another change after writing',
        );
      } catch (error) {
        check(error instanceof ConfChangeFormatError, error instanceof Error ? String(error.stack) : String(error));
      }
    });
  }
}

function changeText({ transition, steps, context }: ConfChange): string {
  return JSON.stringify([transition, steps.map(({ type, id }) => [type, id]), Buffer.from(context).toString('hex')]);
}
