/** The etcd API that we serve: clients decide by it what they may call. */
export const ETCD_API_VERSION = '3.5.0';

/** The version of etcd's data whose every field ours has. */
export const ETCD_STORAGE_VERSION = '3.5.0';

/** Our own; test/server/version.test.ts holds it equal to package.json's. */
export const RAFTKV_VERSION = '0.1.0';
