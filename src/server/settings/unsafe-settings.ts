import { boolean } from './kinds.js';

/** Settings that give up guarantees. */
export const UNSAFE_SETTINGS = {
  forceNewCluster: boolean({
    flag: 'force-new-cluster',
    group: 'Unsafe',
    default: false,
    help: 'make a cluster of this member alone out of its data; writes that it does not know to be committed are lost',
  }),
};
