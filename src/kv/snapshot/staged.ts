import type { EngineHome } from '../../ports/engine.js';
import type { LogStore } from '../../ports/log.js';
import type { Logger } from '../../util/logger.js';
import { readMeta } from '../format/meta.js';

/**
 * Completes or discards a snapshot whose installation a crash interrupted. An installation makes the staged state
 * durable, then makes the log start behind it, then promotes it. So if the log starts behind the current state, the
 * staged state is promoted; otherwise it is discarded.
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
    logger.info('completed an interrupted installation of a snapshot', { index: cut });
    return;
  }
  await home.discard();
  logger.info('discarded an interrupted installation of a snapshot', { log: cut, state: applied });
}
