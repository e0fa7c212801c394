import protobuf from 'protobufjs/minimal.js';

/**
 * Largest depth of nested messages. The library's default of 100 is too small: transactions may be nested as deep as
 * they may have operations, 128 by default, with two messages for each level. The stack has room for many more.
 */
const LEVELS = 600;

/** Sets the depth for the process. Called before requests are read or written; once is enough. */
export function allowDeepMessages(): void {
  protobuf.util.recursionLimit = LEVELS;
  protobuf.Reader.recursionLimit = LEVELS;
}
