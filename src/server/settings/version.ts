/**
 * The level of etcd's API that this server provides. Clients choose their calls by it: Go's client refuses servers
 * more than one minor version older than itself, and Kubernetes reads from its cache only from 3.5.13 on. 3.6.6 is the first
 * patch release whose watches treat a negative start revision as ours do.
 */
export const ETCD_API_VERSION = '3.6.6';

/** The version that a cluster of such members agrees on: etcd leaves the patch out. */
export const ETCD_CLUSTER_VERSION = ETCD_API_VERSION.replace(/\.\d+$/, '.0');

/** The version of etcd's storage schema whose fields this server stores. */
export const ETCD_STORAGE_VERSION = '3.6.0';

/** raftkv's own version. A test keeps it equal to the one in package.json. */
export const RAFTKV_VERSION = '0.1.0';
