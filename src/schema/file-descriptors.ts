import protobuf from 'protobufjs/minimal.js';
import { defined } from '../util/assert.js';
import type { MethodType, Schema } from './schema.js';
import type { EnumType, Field, MessageType, Scalar } from './types.js';

/** A file of a package, as an encoded google.protobuf.FileDescriptorProto. */
export interface FileDescriptor {
  readonly name: string;
  readonly packageName: string;
  /** Names of the files that it imports. */
  readonly dependencies: readonly string[];
  readonly bytes: Uint8Array;
}

type Writer = protobuf.Writer;
type Named = MessageType | EnumType;

const TYPE_NUMBERS: Readonly<Record<Scalar | 'message' | 'enum', number>> = {
  double: 1,
  int64: 3,
  uint64: 4,
  int32: 5,
  bool: 8,
  string: 9,
  message: 11,
  bytes: 12,
  uint32: 13,
  enum: 14,
};
const ETCD = 'etcdserverpb';
const OPTIONAL = 1;
const REPEATED = 3;

/** Encodes a schema as file descriptors. Field numbers are those of google/protobuf/descriptor.proto. */
export class FileDescriptors {
  readonly #schema: Schema;
  /** Types of their package's second file: those that a package uses which their own package imports. */
  readonly #shared: ReadonlySet<Named>;
  readonly #files = new Map<string, FileDescriptor>();

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#shared = sharedTypes(schema, (name) => this.packageOf(name));
    const methods = [...schema.methods.values()];
    const names = [...schema.messages.keys(), ...schema.enums.keys(), ...methods.map(({ path }) => serviceOf(path))];
    for (const fileName of new Set(names.map((name) => this.#fileOf(name))))
      this.#files.set(fileName, this.#file(fileName));
  }

  file(name: string): FileDescriptor | undefined {
    return this.#files.get(name);
  }

  /** The file that declares a package, service, method, message, field or enum. */
  holding(symbol: string): FileDescriptor | undefined {
    const { messages, enums, methods } = this.#schema;
    const isKnown = (name: string): boolean =>
      messages.has(name) || enums.has(name) || [...methods.keys()].some((path) => serviceOf(path) === name);
    const outer = symbol.slice(0, Math.max(0, symbol.lastIndexOf('.')));
    const isPart =
      messages.get(outer)?.fields.some(({ name }) => `${outer}.${name}` === symbol) === true ||
      methods.has(`/${outer}/${symbol.slice(outer.length + 1)}`);
    const known = isKnown(symbol) ? symbol : isPart ? outer : undefined;
    return known === undefined ? undefined : this.#files.get(this.#fileOf(known));
  }

  /** The package of a name: what precedes its last part and the messages around it. */
  packageOf(name: string): string {
    const outer = outerOf(name);
    return this.#schema.messages.has(outer) ? this.packageOf(outer) : outer;
  }

  /** The file of a message, an enum or a service. */
  #fileOf(name: string): string {
    const { messages, enums } = this.#schema;
    const type = messages.get(name) ?? enums.get(name);
    const packageName = this.packageOf(name);
    return type !== undefined && this.#shared.has(type) ? `${packageName}.shared.proto` : `${packageName}.proto`;
  }

  #file(name: string): FileDescriptor {
    const { messages, methods } = this.#schema;
    const within = <T>(all: Iterable<T>, nameOf: (one: T) => string): T[] =>
      [...all].filter((one) => this.#fileOf(nameOf(one)) === name);
    const ownMessages = within(messages.values(), (message) => message.name);
    const ownMethods = within(methods.values(), ({ path }) => serviceOf(path));
    const dependencies = this.#dependencies(name, ownMessages, ownMethods);
    const packageName = name.replace(/(?:\.shared)?\.proto$/, '');
    const writer = protobuf.Writer.create();
    text(writer, 1, name);
    text(writer, 2, packageName);
    for (const dependency of dependencies) text(writer, 3, dependency);
    this.#types(writer, packageName, { message: 4, enum: 5, file: name });
    for (const service of new Set(ownMethods.map(({ path }) => serviceOf(path)))) {
      nested(writer, 6, (inner) => writeService(inner, service, ownMethods));
    }
    text(writer, 12, 'proto3');
    return { name, packageName, dependencies, bytes: writer.finish() };
  }

  #dependencies(own: string, messages: readonly MessageType[], methods: readonly MethodType[]): readonly string[] {
    const used = [...messages.flatMap(typesIn), ...methods.flatMap(({ request, response }) => [request, response])];
    const files = new Set(used.map(({ name }) => this.#fileOf(name)));
    files.delete(own);
    return [...files].sort();
  }

  /** The messages and enums declared directly in a package or a message. */
  #types(
    writer: Writer,
    scope: string,
    ids: { readonly message: number; readonly enum: number; readonly file: string },
  ): void {
    const isIn = ({ name }: Named): boolean => outerOf(name) === scope && this.#fileOf(name) === ids.file;
    for (const message of [...this.#schema.messages.values()].filter(isIn)) {
      nested(writer, ids.message, (inner) => this.#message(inner, message, ids.file));
    }
    for (const type of [...this.#schema.enums.values()].filter(isIn)) {
      nested(writer, ids.enum, (inner) => writeEnum(inner, type));
    }
  }

  #message(writer: Writer, message: MessageType, file: string): void {
    text(writer, 1, lastName(message.name));
    const unions = unionsOf(message);
    for (const field of message.fields) {
      nested(writer, 2, (inner) => writeField(inner, field, unions));
    }
    this.#types(writer, message.name, { message: 3, enum: 4, file });
    for (const union of unions) nested(writer, 8, (inner) => text(inner, 1, union));
  }
}

/** The types of a message's fields. */
function typesIn({ fields }: MessageType): readonly Named[] {
  return fields.flatMap(({ type }) => {
    if (type.kind === 'scalar') return [];
    return [type.kind === 'enum' ? type.enum : type.message];
  });
}

/**
 * The types without which the files of two packages would import each other: a package uses them that their own imports. What
 * they use, and what is declared in them, is in the same file.
 */
function sharedTypes({ messages, methods }: Schema, packageOf: (name: string) => string): ReadonlySet<Named> {
  const imports = new Set<string>();
  const uses: { readonly type: Named; readonly by: string }[] = [];
  const use = (by: string, type: Named): void => {
    const own = packageOf(by);
    if (packageOf(type.name) === own) return;
    imports.add(`${own} ${packageOf(type.name)}`);
    uses.push({ type, by: own });
  };
  for (const message of messages.values()) for (const type of typesIn(message)) use(message.name, type);
  for (const { path, request, response } of methods.values()) {
    use(serviceOf(path), request);
    use(serviceOf(path), response);
  }
  const shared = new Set<Named>();
  const share = (type: Named, packageName: string): void => {
    if (shared.has(type) || packageOf(type.name) !== packageName) return;
    shared.add(type);
    if ('fields' in type) for (const inner of typesIn(type)) share(inner, packageName);
  };
  // Services of this project's package import etcd's, whose requests hold a few of its messages; etcd's own form no cycle.
  for (const { type, by } of uses) {
    const own = packageOf(type.name);
    if (imports.has(`${own} ${by}`) && by === ETCD) share(type, own);
  }
  return shared;
}

/** The message's oneofs, followed by a synthetic one for each optional field. */
function unionsOf({ fields }: MessageType): readonly string[] {
  const real = fields.flatMap(({ union }) => (union === undefined ? [] : [union]));
  const optional = fields.filter(isOptional).map(({ name }) => `_${name}`);
  return [...new Set(real), ...optional];
}

function isOptional({ explicit, union }: Field): boolean {
  return explicit && union === undefined;
}

function writeField(writer: Writer, field: Field, unions: readonly string[]): void {
  const { name, camelName, id, type, repeated, union } = field;
  text(writer, 1, name);
  number(writer, 3, id);
  number(writer, 4, repeated ? REPEATED : OPTIONAL);
  number(writer, 5, TYPE_NUMBERS[type.kind === 'scalar' ? type.scalar : type.kind]);
  if (type.kind === 'message') text(writer, 6, `.${type.message.name}`);
  if (type.kind === 'enum') text(writer, 6, `.${type.enum.name}`);
  const inUnion = union ?? (isOptional(field) ? `_${name}` : undefined);
  if (inUnion !== undefined) number(writer, 9, unions.indexOf(inUnion));
  text(writer, 10, camelName);
  if (isOptional(field)) number(writer, 17, 1);
}

function writeEnum(writer: Writer, type: EnumType): void {
  text(writer, 1, lastName(type.name));
  for (const [name, value] of type.numbers) {
    nested(writer, 2, (inner) => {
      text(inner, 1, name);
      number(inner, 2, value);
    });
  }
}

function writeService(writer: Writer, service: string, methods: readonly MethodType[]): void {
  text(writer, 1, lastName(service));
  for (const { path, request, response, requestStream, responseStream } of methods) {
    if (serviceOf(path) !== service) continue;
    nested(writer, 2, (inner) => {
      text(inner, 1, defined(path.split('/')[2], `the method in ${path}`));
      text(inner, 2, `.${request.name}`);
      text(inner, 3, `.${response.name}`);
      if (requestStream) number(inner, 5, 1);
      if (responseStream) number(inner, 6, 1);
    });
  }
}

/** `/package.Service/Method` */
export function serviceOf(path: string): string {
  return defined(path.split('/')[1], `the service in ${path}`);
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function outerOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

function text(writer: Writer, id: number, value: string): void {
  writer.uint32((id << 3) | 2).string(value);
}

function number(writer: Writer, id: number, value: number): void {
  writer.uint32(id << 3).int32(value);
}

function nested(writer: Writer, id: number, write: (inner: Writer) => void): void {
  write(writer.uint32((id << 3) | 2).fork());
  writer.ldelim();
}
