/** The files that read bytes or text from outside, by what they read. Paths below src/; a star stands for any name. */
export const DECODERS: Readonly<Record<string, readonly string[]>> = {
  'HTTP/2': [
    'rpc/http2/{frame,frame-reader,hpack-decoder,huffman,dynamic-table,header-blocks,request-head,received-field,settings,control-frames,request-frames}.ts',
  ],
  gRPC: ['rpc/native/{message-reader,inflater,grpc-head}.ts'],
  requests: [
    'kv/format/{put-request,plain-txn}.ts',
    'kv/commands/{checks,duplicate-keys,span-set}.ts',
    'server/requests/{txn-size,received-txn}.ts',
  ],
  JSON: ['http/json/*.ts', 'http/growing-bytes.ts'],
  peers: [
    'transport/{frame,frame-decoder,hello,packet-decoder,refusal,safe-integer,message-kinds}.ts',
    'record/{record,entry-record}.ts',
    'raft/conf-change/codec.ts',
  ],
  log: ['wal/{scan,batch,segment,recovery,state}.ts'],
  engine: [
    'engine/level/{log-walk,log-format,batch-check,manifest,version-edit,live-tables,snappy,table-check,crc32c}.ts',
    'engine/lmdb/{page,meta-check}.ts',
    'engine/checksum.ts',
  ],
  snapshots: ['kv/snapshot/{archive,archive-reader,frames,header,import,reader,rows,sink}.ts'],
  store: ['kv/commands/command.ts', 'kv/format/{change-row,history-row,key-value,wire}.ts'],
  configuration: [
    'cli/settings/config-file.ts',
    'server/settings/{config,kinds,urls,auth-token,feature-gates,tls-checks}.ts',
    'util/{duration,go-boolean}.ts',
  ],
  imports: ['cli/transfer/{jsonl,tsv,lines}.ts'],
  TLS: ['tls/{client-hello,revocation,certificate-checks,credentials}.ts'],
  authentication: ['server/auth/{simple-tokens,jwt-tokens}.ts', 'kv/auth/{key-ranges,requests,admission}.ts'],
};

/** The area of a file; undefined if it is no decoder. */
export function areaOf(file: string): string | undefined {
  return Object.entries(DECODERS).find(([, patterns]) => patterns.some((pattern) => matches(pattern, file)))?.[0];
}

function matches(pattern: string, file: string): boolean {
  const source = pattern
    .replace(/[.]/g, '\\.')
    .replace(/\*/g, '[^/]*')
    .replace(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`);
  return new RegExp(`^${source}$`).test(file);
}
