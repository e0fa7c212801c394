import { etcdserverpb } from '../../gen/proto.js';
import type { Alarm, KvStore } from '../../kv/store.js';
import type { Logger } from '../../util/logger.js';
import { OWN_CALL } from '../requests/own-call.js';
import type { Proposer } from '../requests/proposer.js';

const { AlarmRequest, AlarmType } = etcdserverpb;

export interface AlarmRaiserOptions {
  readonly store: Pick<KvStore, 'alarms'>;
  readonly proposer: Proposer;
  readonly logger: Logger;
}

/** Raises alarms through the log, so that all members obey them from the same entry on. */
export class AlarmRaiser {
  readonly #options: AlarmRaiserOptions;
  /** Callers waiting for an alarm that is being proposed, by kind and member. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(options: AlarmRaiserOptions) {
    this.#options = options;
  }

  /** @param done called once it is raised or has failed. If the reason persists, the caller raises it again */
  raise({ kind, memberId }: Alarm, done: () => void = () => undefined): void {
    const { store, proposer, logger } = this.#options;
    if (store.alarms().some((alarm) => alarm.kind === kind && alarm.memberId === memberId)) return done();
    const id = `${kind} ${memberId}`;
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    this.#waiting.set(id, [done]);
    const request = AlarmRequest.encode({
      action: AlarmRequest.AlarmAction.ACTIVATE,
      memberID: memberId,
      alarm: kind,
    }).finish();
    proposer.submit({
      call: OWN_CALL,
      kind: 'memberAlarm',
      request,
      done: (outcome) => {
        if (outcome.kind === 'failed') {
          const alarm = AlarmType[kind];
          logger.warn('cannot raise an alarm', { alarm, member: memberId, why: outcome.status.message });
        }
        const finished = this.#waiting.get(id) ?? [];
        this.#waiting.delete(id);
        for (const finish of finished) finish();
      },
    });
  }
}
