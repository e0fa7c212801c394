/*
 * Bounds of indexes. All members judge by them when they apply a command, so they are no settings.
 */

/** Indexes of a cluster. */
export const INDEXES_MAX = 64;
/** Indexes whose ranges share keys with that of one index, itself included. */
export const INDEXES_PER_KEY_MAX = 8;
/** Bytes of a JSON document from which values are taken. */
export const JSON_BYTES_MAX = 256 * 1024;
/** Depth of such a document: that of an array in an object is 2. */
export const JSON_DEPTH_MAX = 64;
/** Bytes of a value in an index, in UTF-8 for a string. */
export const VALUE_BYTES_MAX = 1024;
/** Bytes of a key: each of its values has a row that holds the key. */
export const KEY_BYTES_MAX = 4096;
/** Values of one key. */
export const VALUES_PER_KEY_MAX = 64;
/** Bytes of a JSON pointer, a prefix or a separator. */
export const SOURCE_BYTES_MAX = 1024;
/** Bytes of a name. */
export const NAME_BYTES_MAX = 128;
/** Memory of the entries that one transaction changes by its puts, and by deletions of single keys, in bytes. */
export const TXN_INDEX_BYTES_MAX = 16 * 1024 * 1024;
/** Duplicates that are kept as examples. */
export const DUPLICATES_MAX = 5;

/**
 * Keys of one slice of building, bytes of their values, and entries, each of which a unique index looks up. The last key may
 * exceed the bytes and the entries.
 */
export const SLICE_KEYS_MAX = 512;
export const SLICE_BYTES_MAX = 1024 * 1024;
export const SLICE_ENTRIES_MAX = 2048;

/** Values that one command may give keys in unique indexes: each is looked up, and all other writes wait. */
export const UNIQUE_VALUES_MAX = 4096;

/** Entries and bytes of a page of a query. The last entry may exceed the bytes. */
export const PAGE_ENTRIES_MAX = 10_000;
export const PAGE_BYTES_MAX = 1024 * 1024;
