import type { LogFields, Logger } from '../../util/logger.js';
import { formatMemberId } from '../../util/member-id.js';

/** Fields that hold ids of members or of the cluster, which are numbers inside. */
const ID_FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'leader', 'member', 'memberId', 'cluster', 'clusterId', 'from', 'to', 'peer'],
  // The members of a configuration.
  ...['voters', 'learners', 'votersOutgoing', 'learnersNext'],
]);

/** A logger that writes ids as all else shows them: 16 hexadecimal digits. */
export function withHexIds(logger: Logger): Logger {
  return {
    debug: (message, fields) => logger.debug(message, inHexIds(fields)),
    info: (message, fields) => logger.info(message, inHexIds(fields)),
    warn: (message, fields) => logger.warn(message, inHexIds(fields)),
    error: (message, fields) => logger.error(message, inHexIds(fields)),
  };
}

function inHexIds(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, ID_FIELDS.has(name) ? inHex(value) : value]),
  );
}

function inHex(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inHex);
  return typeof value === 'number' ? formatMemberId(value) : value;
}
