import protobuf from 'protobufjs/minimal.js';

/**
 * Messages in messages that are read and written at most. The library's own hundred is too few: as many transactions as
 * one may have operations, 128 unless told, can stand in each other, at two messages each. The stack takes many more.
 */
const LEVELS = 600;

/** To be called by whoever reads or writes requests; once is enough for a process. */
export function allowDeepMessages(): void {
  protobuf.util.recursionLimit = LEVELS;
  protobuf.Reader.recursionLimit = LEVELS;
}
