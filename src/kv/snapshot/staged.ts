import type { EngineHome } from '../../ports/engine.js';
import type { LogStore } from '../../ports/log.js';
import type { Logger } from '../../util/logger.js';
import { readMeta } from '../format/meta.js';

/**
 * Ends what a crash has left of a snapshot that was being taken on. Whoever takes one on makes the staged state durable
 * first, lets the log begin behind it next, and puts it in force last: so where the log begins behind the state in force,
 * the staged one is what stands before it; everywhere else it was given up.
 */
export async function settleStaged(options: {
  readonly home: EngineHome;
  readonly log: Pick<LogStore, 'firstIndex' | 'term'>;
  readonly logger: Logger;
}): Promise<void> {
  const { home, log, logger } = options;
  const { staged } = home;
  if (staged === undefined) return;
  const cut = log.firstIndex() - 1;
  const applied = readMeta(home.engine)?.appliedIndex ?? 0;
  const meta = readMeta(staged);
  if (applied < cut && meta !== undefined && meta.appliedIndex === cut && meta.appliedTerm === log.term(cut)) {
    const replaced = await home.promote();
    await replaced.release();
    logger.info('restored a snapshot that was on its way in', { index: cut });
    return;
  }
  await home.discard();
  logger.info('gave up a snapshot that was on its way in', { log: cut, state: applied });
}
