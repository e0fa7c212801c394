import { expect } from 'chai';
import protobuf from 'protobufjs';
import * as descriptor from 'protobufjs/ext/descriptor.js';
import { etcdserverpb, grpc } from '../../../src/gen/proto.js';
import { FileDescriptors } from '../../../src/schema/file-descriptors.js';
import { Schema } from '../../../src/schema/schema.js';
import { defined } from '../../../src/util/assert.js';
import { bidiOn } from '../../rpc/served-host.js';
import { endpointOf, LoneMember } from '../lone-member.js';
import { rawClient } from '../../support/raw-client.js';
import { elapsedMs, expectShortWait } from '../../support/time-limits.js';

const { ServerReflectionRequest, ServerReflectionResponse } = grpc.reflection.v1;
type Ask = grpc.reflection.v1.ServerReflectionRequest.$Properties;
type Response = grpc.reflection.v1.ServerReflectionResponse;

/** The files as a client decodes them. */
function rootOf(files: readonly Uint8Array[]): protobuf.Root {
  // Importing this module adds `fromDescriptor` to the root.
  expect(descriptor).to.have.property('FileDescriptorSet');
  const field = (bytes: Uint8Array): Uint8Array =>
    protobuf.Writer.create()
      .uint32((1 << 3) | 2)
      .bytes(bytes)
      .finish();
  const root = protobuf.Root.fromDescriptor(Buffer.concat(files.map(field)));
  root.resolveAll();
  return root;
}

describe('file descriptors', () => {
  const files = new FileDescriptors(Schema.load());

  it('equal the .proto files', () => {
    const names = [
      'etcdserverpb',
      'mvccpb',
      'authpb',
      'v3lockpb',
      'v3electionpb',
      'grpc.health.v1',
      'raftkvpb',
      'raftkvpb.shared',
    ];
    const all = names.map((name) => defined(files.file(`${name}.proto`), name).bytes);
    const root = rootOf(all);
    const type = root.lookupType('etcdserverpb.TxnRequest');
    const bytes = etcdserverpb.TxnRequest.encode({
      compare: [{ key: Buffer.from('k'), target: 2, result: 3, modRevision: 7 }],
      success: [{ requestPut: { key: Buffer.from('k'), value: Buffer.from('v') } }],
    }).finish();
    expect(type.toObject(type.decode(bytes), { enums: String, longs: Number, bytes: String })).to.deep.equal({
      compare: [{ key: 'aw==', target: 'MOD', result: 'NOT_EQUAL', modRevision: 7 }],
      success: [{ requestPut: { key: 'aw==', value: 'dg==' } }],
    });
    const header = root.lookupType('etcdserverpb.ResponseHeader');
    const staleness = defined(
      header.fieldsArray.find(({ id }) => id === 1003),
      'the field',
    );
    expect(staleness.partOf?.name).to.equal('_staleness_ms');
    const watch = defined(root.lookupService('etcdserverpb.Watch').methodsArray[0], 'the method');
    expect([watch.requestStream, watch.responseStream]).to.deep.equal([true, true]);
    expect(root.lookupService('etcdserverpb.Maintenance').methods['Snapshot']?.requestStream ?? false).to.equal(false);
    expect(defined(files.file('v3lockpb.proto'), 'lock').dependencies).to.deep.equal(['etcdserverpb.proto']);
  });

  it('import each other without a cycle, also where requests of one package hold messages of another that imports it', () => {
    const importsOf = (name: string): readonly string[] => defined(files.file(name), name).dependencies;
    expect(importsOf('etcdserverpb.proto')).to.include('raftkvpb.shared.proto');
    expect(importsOf('raftkvpb.shared.proto')).to.deep.equal([]);
    expect(importsOf('raftkvpb.proto')).to.include.members(['etcdserverpb.proto', 'raftkvpb.shared.proto']);
    expect(files.holding('raftkvpb.IndexCompare')?.name).to.equal('raftkvpb.shared.proto');
    expect(files.holding('raftkvpb.IndexCompare.absent')?.name).to.equal('raftkvpb.shared.proto');
    expect(files.holding('raftkvpb.Index.Query')?.name).to.equal('raftkvpb.proto');
  });

  it('are found by any symbol in them', () => {
    for (const symbol of [
      'etcdserverpb.KV',
      'etcdserverpb.KV.Range',
      'etcdserverpb.RangeRequest',
      'etcdserverpb.RangeRequest.SortOrder',
      'etcdserverpb.RangeRequest.key',
    ]) {
      expect(files.holding(symbol)?.name, symbol).to.equal('etcdserverpb.proto');
    }
    for (const symbol of ['', 'etcdserverpb.Nothing', 'etcdserverpb.KV.Nothing', 'raftkv.Command']) {
      expect(files.holding(symbol), symbol).to.equal(undefined);
    }
  });
});

describe('reflection', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start();
  });

  after(() => lone.dispose());

  async function ask(version: string, questions: readonly Ask[]): Promise<Response[]> {
    const client = rawClient(endpointOf(lone.member));
    const call = bidiOn(client, `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);
    const answers: Response[] = [];
    call.on('data', (bytes: Buffer) => answers.push(ServerReflectionResponse.decode(bytes)));
    for (const question of questions) call.write(Buffer.from(ServerReflectionRequest.encode(question).finish()));
    call.end();
    const code = await new Promise((resolve) =>
      call.once('status', (status: { code: number }) => resolve(status.code)),
    );
    client.close();
    expect(code).to.equal(0);
    return answers;
  }

  for (const version of ['v1', 'v1alpha']) {
    it(`lists the services, and returns their types with all dependencies (${version})`, async () => {
      const [list, kv] = await ask(version, [{ listServices: '' }, { fileContainingSymbol: 'etcdserverpb.KV' }]);
      const names = (list?.listServicesResponse?.service ?? []).map(({ name }) => name);
      expect(names).to.include.members([
        'etcdserverpb.KV',
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
      ]);
      expect(names).not.to.include('raftkv.Peer');
      const root = rootOf(kv?.fileDescriptorResponse?.fileDescriptorProto ?? []);
      expect(root.lookupService('etcdserverpb.KV').methodsArray.map(({ name }) => name)).to.include('Range');
      expect(root.lookupType('mvccpb.KeyValue').fieldsArray.length).to.equal(6);
    });
  }

  it('answers questions about unknown names with an error, and repeats the question', async () => {
    const questions: Ask[] = [
      { host: 'h', fileByFilename: 'x.proto' },
      { fileContainingSymbol: 'etcdserverpb.Nothing' },
      { fileContainingExtension: { containingType: 'x', extensionNumber: 1 } },
      {},
    ];
    const answers = await ask('v1', questions);
    expect(answers.map(({ errorResponse }) => errorResponse?.errorCode)).to.deep.equal([5, 5, 5, 3]);
    expect(answers[0]?.validHost).to.equal('h');
    expect(answers[0]?.originalRequest?.fileByFilename).to.equal('x.proto');
    const [extensions] = await ask('v1', [{ allExtensionNumbersOfType: 'etcdserverpb.RangeRequest' }]);
    expect(extensions?.allExtensionNumbersResponse?.baseTypeName).to.equal('etcdserverpb.RangeRequest');
  });
});

it('a member that stops does not wait for open reflection streams', async () => {
  await expectShortWait(1_500, async () => {
    const lone = await LoneMember.start();
    const client = rawClient(endpointOf(lone.member));
    const call = bidiOn(client, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo');
    const answered = new Promise((resolve) => call.once('data', resolve));
    call.write(Buffer.from(ServerReflectionRequest.encode({ listServices: '' }).finish()));
    await answered;
    const stopMs = await elapsedMs(() => lone.member.stop());
    client.close();
    await lone.dispose();
    return stopMs;
  });
});
