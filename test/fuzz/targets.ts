import type { Trial } from './framework/trial.js';
import { jwtTokens, keyRanges, simpleTokens } from './auth/tokens.js';
import { configFiles } from './cli/config-files.js';
import { importFiles, importLines } from './cli/import-files.js';
import { levelBatches, levelLogs, sealedValues } from './engine/level-logs.js';
import { lmdbMetas, lmdbPages } from './engine/lmdb-pages.js';
import { levelManifests, levelTables, snappyBlocks } from './engine/level-tables.js';
import { grpcMessages } from './grpc/messages.js';
import { hpackBlocks, hpackRoundTrip } from './http2/hpack-blocks.js';
import { frameBytes, headerBytes, huffmanCodes } from './http2/header-bytes.js';
import { interleavings } from './http2/interleavings.js';
import { mutatedBytes } from './http2/mutated-bytes.js';
import { againstNghttp2 } from './http2/nghttp2.js';
import { jsonMessages, longJson } from './http/json-messages.js';
import { base64Texts, jsonTexts } from './http/json-texts.js';
import { snapshotArchives, snapshotContents, snapshotFrames } from './kv/archives.js';
import { commandEnvelopes, confChanges, storedKeyValues, storedRows } from './kv/formats.js';
import { duplicateKeys, transactions } from './kv/transactions.js';
import { indexDefinitions, indexedValues, pageTokens } from './kv/indexes.js';
import { putRequests } from './kv/put-requests.js';
import { sessionCalls } from './kv/session-calls.js';
import { messageBytes } from './messages/codec.js';
import { memberCalls } from './server/calls.js';
import { certificates, clientHellos, revocationLists } from './tls/inputs.js';
import { linkBytes } from './transport/link-bytes.js';
import { peerFrames, peerPackets } from './transport/packets.js';
import { entryRecords, walLogs, walSegments } from './wal/segments.js';

export interface Target {
  readonly name: string;
  /** One run. @throws when it finds a bug */
  readonly run: (trial: Trial) => Promise<void> | void;
  /** Number of runs in `make test`. */
  readonly runsInTest: number;
}

export const TARGETS: readonly Target[] = [
  { name: 'http2-interleavings', run: interleavings, runsInTest: 40 },
  { name: 'http2-mutated-bytes', run: mutatedBytes, runsInTest: 300 },
  { name: 'header-bytes', run: headerBytes, runsInTest: 20 },
  { name: 'huffman-codes', run: huffmanCodes, runsInTest: 20 },
  { name: 'frame-bytes', run: frameBytes, runsInTest: 20 },
  { name: 'hpack-blocks', run: hpackBlocks, runsInTest: 100 },
  { name: 'hpack-round-trip', run: hpackRoundTrip, runsInTest: 100 },
  { name: 'hpack-nghttp2', run: againstNghttp2, runsInTest: 10 },
  { name: 'grpc-messages', run: grpcMessages, runsInTest: 40 },
  { name: 'put-requests', run: putRequests, runsInTest: 100 },
  { name: 'session-calls', run: sessionCalls, runsInTest: 40 },
  { name: 'messages', run: messageBytes, runsInTest: 20 },
  { name: 'wal-segments', run: walSegments, runsInTest: 20 },
  { name: 'wal-logs', run: walLogs, runsInTest: 20 },
  { name: 'entry-records', run: entryRecords, runsInTest: 20 },
  { name: 'level-logs', run: levelLogs, runsInTest: 10 },
  { name: 'level-batches', run: levelBatches, runsInTest: 20 },
  { name: 'sealed-values', run: sealedValues, runsInTest: 20 },
  { name: 'level-manifests', run: levelManifests, runsInTest: 10 },
  { name: 'level-tables', run: levelTables, runsInTest: 5 },
  { name: 'snappy-blocks', run: snappyBlocks, runsInTest: 20 },
  { name: 'lmdb-pages', run: lmdbPages, runsInTest: 10 },
  { name: 'lmdb-metas', run: lmdbMetas, runsInTest: 10 },
  { name: 'snapshot-archives', run: snapshotArchives, runsInTest: 10 },
  { name: 'snapshot-contents', run: snapshotContents, runsInTest: 10 },
  { name: 'snapshot-frames', run: snapshotFrames, runsInTest: 10 },
  { name: 'peer-packets', run: peerPackets, runsInTest: 10 },
  { name: 'peer-frames', run: peerFrames, runsInTest: 10 },
  { name: 'json-texts', run: jsonTexts, runsInTest: 20 },
  { name: 'json-messages', run: jsonMessages, runsInTest: 20 },
  { name: 'json-long', run: longJson, runsInTest: 20 },
  { name: 'base64', run: base64Texts, runsInTest: 20 },
  { name: 'config-files', run: configFiles, runsInTest: 20 },
  { name: 'import-lines', run: importLines, runsInTest: 20 },
  { name: 'import-files', run: importFiles, runsInTest: 20 },
  { name: 'client-hellos', run: clientHellos, runsInTest: 20 },
  { name: 'revocation-lists', run: revocationLists, runsInTest: 20 },
  { name: 'certificates', run: certificates, runsInTest: 10 },
  { name: 'simple-tokens', run: simpleTokens, runsInTest: 20 },
  { name: 'jwt-tokens', run: jwtTokens, runsInTest: 10 },
  { name: 'key-ranges', run: keyRanges, runsInTest: 20 },
  { name: 'command-envelopes', run: commandEnvelopes, runsInTest: 20 },
  { name: 'stored-key-values', run: storedKeyValues, runsInTest: 20 },
  { name: 'stored-rows', run: storedRows, runsInTest: 50 },
  { name: 'conf-changes', run: confChanges, runsInTest: 20 },
  { name: 'transactions', run: transactions, runsInTest: 20 },
  { name: 'duplicate-keys', run: duplicateKeys, runsInTest: 20 },
  { name: 'indexed-values', run: indexedValues, runsInTest: 20 },
  { name: 'index-definitions', run: indexDefinitions, runsInTest: 20 },
  { name: 'page-tokens', run: pageTokens, runsInTest: 20 },
  { name: 'member-calls', run: memberCalls, runsInTest: 6 },
  { name: 'link-bytes', run: linkBytes, runsInTest: 300 },
];
