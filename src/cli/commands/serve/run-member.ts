import type { Command } from 'commander';
import { startMember, type Member } from '../../../server/member.js';
import { ConfigError } from '../../../server/settings/urls.js';
import { AssertionError } from '../../../util/assert.js';
import type { Logger } from '../../../util/logger.js';
import { createLogger } from '../../output/logger.js';
import { configOf, readSettings, refused } from '../../settings/settings.js';
import type { GivenSettings } from '../../settings/settings.js';
import { unknownVariables } from '../../settings/unknown-variables.js';
import { CommandError } from '../../process/streams.js';
import type { Streams } from '../../process/streams.js';
import { compileEarly } from './early-compilation.js';
import { Supervisor } from './supervisor.js';

/** Signals that ask for a clean stop. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Starts the member that the settings describe, and runs it until a signal or a failure. */
export async function runMember(streams: Streams, command: Command): Promise<void> {
  compileEarly();
  const settings = await readSettings(command, streams.variables);
  const config = configOf(settings);
  const { name, logLevel: level, logFormat: format, logOutputs: outputs } = config;
  const logger = createLogger({ name, level, format, outputs });
  const supervisor = new Supervisor(streams.variables, logger);
  // Before the start: with a misspelt --data-dir or --initial-cluster, it may create data in a wrong place.
  for (const { variable, similar } of unknownVariables(streams.variables)) {
    logger.warn('unknown environment variable', { variable, ...(similar !== undefined && { similar }) });
  }
  const member = await withOneLineErrors(startMember(config, logger), settings);
  void reportReady(member, { logger, supervisor, timeoutMs: config.readyTimeoutMs });
  await withOneLineErrors(untilStopped(member, supervisor), settings);
  logger.info('stopped');
}

interface Reporting {
  readonly logger: Logger;
  readonly supervisor: Supervisor;
  readonly timeoutMs: number;
}

/**
 * Reports that the member serves once its client URLs are in the list of members. One that finds no leader is reported to
 * the supervisor after a while too, as etcd does: its start must not fail because other members are down.
 */
async function reportReady(member: Member, { logger, supervisor, timeoutMs }: Reporting): Promise<void> {
  const timer = setTimeout(() => {
    logger.warn('no leader found yet: serving stale reads only', { clients: member.clientUrls.join(',') });
    supervisor.ready('waiting for a leader');
  }, timeoutMs);
  const ended = member.closed.then(
    () => 'closed',
    () => 'closed',
  );
  const outcome = await Promise.race([member.ready.then(() => 'ready'), ended]);
  clearTimeout(timer);
  if (outcome !== 'ready') return;
  logger.info('serving', {
    member: member.id,
    cluster: member.clusterId,
    clients: member.clientUrls.join(','),
    peers: member.peerUrls.join(','),
  });
  supervisor.ready(`serving on ${member.clientUrls.join(', ')}`);
}

/** Reduces an error that stops the member to one line. A bug keeps its stack. */
async function withOneLineErrors<T>(running: Promise<T>, { places }: GivenSettings): Promise<T> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof ConfigError) throw refused(error, places);
    if (error instanceof AssertionError || !(error instanceof Error)) throw error;
    throw new CommandError(error.message.replaceAll('\n', ' '), { cause: error });
  }
}

/** Runs until a signal or a failure. A third signal exits without waiting for calls that hang. */
async function untilStopped(member: Member, supervisor: Supervisor): Promise<void> {
  let signals = 0;
  const onSignal = (): void => {
    signals++;
    if (signals === 3) process.exit(1);
    if (signals > 1) return;
    supervisor.stopping();
    void member.stop().catch(() => undefined); // reported by member.closed
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  try {
    await member.closed;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
    await supervisor.sent();
  }
}
