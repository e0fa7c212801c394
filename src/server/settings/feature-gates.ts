import { ConfigError } from './urls.js';
import { text } from './kinds.js';

/** The feature gates of etcd 3.6 and 3.7. Only InitialCorruptCheck has an effect. */
const GATES: readonly string[] = [
  'AllAlpha',
  'AllBeta',
  'CompactHashCheck',
  'FastLeaseKeepAlive',
  'InitialCorruptCheck',
  'LeaseCheckpoint',
  'LeaseCheckpointPersist',
  'PriorityRequest',
  'SetMemberLocalAddr',
  'StopGRPCServiceOnDefrag',
  'TxnModeWriteWithSharedBuffer',
];

export const FEATURE_GATE_SETTINGS = {
  featureGates: text({
    flag: 'feature-gates',
    group: 'Compatibility',
    placeholder: 'gates',
    help: "etcd's feature gates, as NAME=true,…; InitialCorruptCheck has an effect, the others are accepted",
  }),
};

/**
 * Parses NAME=true,NAME=false,…
 * @throws ConfigError if a gate is unknown to etcd, or its value is neither true nor false
 */
export function parseFeatureGates(list: string): ReadonlyMap<string, boolean> {
  const gates = new Map<string, boolean>();
  for (const part of list.split(',').filter((gate) => gate.trim() !== '')) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim());
    if (!GATES.includes(name)) {
      throw new ConfigError(`--feature-gates: unknown feature gate ${name}: must be one of ${GATES.join(', ')}`);
    }
    if (!/^(?:true|false)$/i.test(value))
      throw new ConfigError(`--feature-gates: "${part}" is not NAME=true or NAME=false`);
    gates.set(name, /^true$/i.test(value));
  }
  return gates;
}
