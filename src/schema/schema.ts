import { readFileSync } from 'node:fs';
import { assert, defined } from '../util/assert.js';
import { EnumType, MessageType, type Field, type FieldType, type Scalar } from './types.js';

/** One RPC, as declared in its .proto file. */
export interface MethodType {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly request: MessageType;
  readonly response: MessageType;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** pbjs's JSON for a namespace, a message, an enum or a service; the properties that are present determine which. */
interface Described {
  readonly nested?: Readonly<Record<string, Described>>;
  readonly fields?: Readonly<Record<string, DescribedField>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, DescribedMethod>>;
}

interface DescribedField {
  readonly type: string;
  readonly id: number;
  readonly rule?: 'repeated';
}

interface DescribedMethod {
  readonly requestType: string;
  readonly responseType: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
}

const SCALARS: readonly string[] = [
  'bool',
  'string',
  'bytes',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'double',
] satisfies Scalar[];

/** The messages, enums and methods of the public .proto files at run time, for JSON and reflection. */
export class Schema {
  readonly messages = new Map<string, MessageType>();
  readonly enums = new Map<string, EnumType>();
  readonly methods = new Map<string, MethodType>();

  /** Reads the schema that `make proto` has generated. */
  static load(): Schema {
    const text = readFileSync(new URL('../gen/descriptors.json', import.meta.url), 'utf8');
    return new Schema(JSON.parse(text) as Described);
  }

  constructor(root: Described) {
    const unfinished: (() => void)[] = [];
    this.#collect('', root, unfinished);
    // Types refer to each other in any order and in cycles, so all are declared before any field is resolved.
    for (const finish of unfinished) finish();
  }

  message(name: string): MessageType {
    return defined(this.messages.get(name), `message ${name}`);
  }

  #collect(
    name: string,
    { nested = {}, fields, oneofs = {}, values, methods }: Described,
    later: (() => void)[],
  ): void {
    if (values !== undefined) this.enums.set(name, new EnumType(name, values));
    if (fields !== undefined) {
      const message = new MessageType(name);
      this.messages.set(name, message);
      later.push(() => message.define(this.#fields(name, fields, oneofs)));
    }
    if (methods !== undefined) later.push(() => this.#service(name, methods));
    for (const [inner, described] of Object.entries(nested)) {
      this.#collect(name === '' ? inner : `${name}.${inner}`, described, later);
    }
  }

  #fields(
    scope: string,
    fields: Readonly<Record<string, DescribedField>>,
    oneofs: Readonly<Record<string, { readonly oneof: readonly string[] }>>,
  ): Field[] {
    const unions = new Map(Object.entries(oneofs).flatMap(([union, { oneof }]) => oneof.map((name) => [name, union])));
    return Object.entries(fields).map(([name, { id, type, rule }]) => {
      const union = unions.get(name);
      return {
        name,
        id,
        camelName: name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        repeated: rule === 'repeated',
        // An optional field is a oneof of its own, which the .proto compiler names after the field with a "_" in front.
        union: union === `_${name}` ? undefined : union,
        explicit: union !== undefined,
        type: this.#type(scope, type),
      };
    });
  }

  #type(scope: string, name: string): FieldType {
    if (SCALARS.includes(name)) return { kind: 'scalar', scalar: name as Scalar };
    const found = this.#resolve(scope, name);
    if (found instanceof EnumType) return { kind: 'enum', enum: found };
    return { kind: 'message', message: found };
  }

  /** Resolves a name from the innermost scope outwards, as protobuf does. */
  #resolve(scope: string, name: string): MessageType | EnumType {
    for (let at = scope; ; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
      const full = at === '' ? name : `${at}.${name}`;
      const found = this.messages.get(full) ?? this.enums.get(full);
      if (found !== undefined) return found;
      assert(at !== '', `type ${name}, named in ${scope}`);
    }
  }

  #service(service: string, methods: Readonly<Record<string, DescribedMethod>>): void {
    for (const [name, method] of Object.entries(methods)) {
      const path = `/${service}/${name}`;
      const message = (type: string): MessageType => this.message(this.#resolve(service, type).name);
      this.methods.set(path, {
        path,
        request: message(method.requestType),
        response: message(method.responseType),
        requestStream: method.requestStream === true,
        responseStream: method.responseStream === true,
      });
    }
  }
}
