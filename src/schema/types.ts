/** The scalar types that the API uses: no `float`, no fixed-size integers. */
export type Scalar = 'bool' | 'string' | 'bytes' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'double';

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'enum'; readonly enum: EnumType }
  | { readonly kind: 'message'; readonly message: MessageType };

export interface Field {
  /** The name in the .proto file. */
  readonly name: string;
  readonly camelName: string;
  readonly id: number;
  readonly type: FieldType;
  readonly repeated: boolean;
  /** The oneof that the field belongs to. */
  readonly union: string | undefined;
  /** Whether absence differs from the default value: true in oneofs and for optional fields. */
  readonly explicit: boolean;
}

export class EnumType {
  /** The full name, with the package. */
  readonly name: string;
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;

  constructor(name: string, values: Readonly<Record<string, number>>) {
    this.name = name;
    this.numbers = new Map(Object.entries(values));
    this.names = new Map(Object.entries(values).map(([value, number]) => [number, value]));
  }
}

/** The field that a name in JSON refers to; both spellings of a field are entries. */
export interface FieldName {
  /** Index among the message's fields. */
  readonly index: number;
  readonly camel: boolean;
}

export class MessageType {
  /** The full name, with the package. */
  readonly name: string;
  /** In the order of the .proto file, in which JSON prints them. */
  fields: readonly Field[] = [];
  readonly #byId = new Map<number, number>();
  readonly #byName = new Map<string, FieldName>();

  constructor(name: string) {
    this.name = name;
  }

  /** Called once, when all types are known. */
  define(fields: readonly Field[]): void {
    this.fields = fields;
    for (const [index, { id, name, camelName }] of fields.entries()) {
      this.#byId.set(id, index);
      this.#byName.set(name, { index, camel: false });
      this.#byName.set(camelName, { index, camel: true });
    }
  }

  /** The index in `fields`. */
  indexOf(id: number): number | undefined {
    return this.#byId.get(id);
  }

  named(name: string): FieldName | undefined {
    return this.#byName.get(name);
  }
}
