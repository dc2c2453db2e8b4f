import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { pointerToken } from '@hub/platform';

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: JsonSchema;
}

interface Content {
  readonly schema?: JsonSchema;
}

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Content>>;
}

interface DescribedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Response>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

export interface Operation extends DescribedOperation {
  /** Such as `POST /v1/events`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** What the API says of itself, and whether an answer is one of those it says it may give. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(readonly document: OpenApi) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(closed(document) as OpenApi, 'api');
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        ...operation,
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
      })),
    );
  }

  resolve(schema: JsonSchema): JsonSchema {
    const name = schema.$ref?.split('/').pop();
    if (name === undefined) return schema;
    const found = this.document.components.schemas[name];
    if (found === undefined) throw new Error(`the document has no schema ${name}`);
    return found;
  }

  /** @returns what is undeclared about the answer; `null` when all of it was announced. */
  faultOf(operation: Operation, answer: Answer): string | null {
    const { status, text } = answer;
    if (status === 500) return 'an unhandled 500';
    const place = this.placeOf(operation, String(status));
    const own = operation.responses[String(status)];
    const declared = own?.$ref === undefined ? own : this.document.components.responses[place.at(-1) ?? ''];
    if (declared === undefined) return `status ${status} is not declared`;
    const types = Object.keys(declared.content ?? {});
    const type = answer.contentType?.split(';')[0]?.trim().toLowerCase();
    if (types.length === 0) return text === '' ? null : `status ${status} is declared without a body, and has one`;
    if (type === undefined || !types.includes(type)) return `status ${status} is not declared as ${type ?? 'nothing'}`;
    if (!type.endsWith('json')) return null;
    return this.bodyFault(place, String(status), type, text);
  }

  /** Where in the document the answer is described: most problems are, once for all operations. */
  private placeOf(operation: Operation, status: string): readonly string[] {
    const shared = operation.responses[status]?.$ref?.split('/').pop();
    if (shared !== undefined) return ['components', 'responses', shared];
    return ['paths', operation.path, operation.method.toLowerCase(), 'responses', status];
  }

  private bodyFault(place: readonly string[], status: string, type: string, text: string): string | null {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return `status ${status} has a body that is no JSON`;
    }
    const pointer = [...place, 'content', type].map((part) => encodeURIComponent(pointerToken(part))).join('/');
    const reference = `api#/${pointer}/schema`;
    let validate = this.compiled.get(reference);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: reference });
      this.compiled.set(reference, validate);
    }
    if (validate(body)) return null;
    const [first] = validate.errors ?? [];
    return `the body of ${status} is not as declared: ${first?.instancePath ?? ''} ${first?.message ?? ''} ${JSON.stringify(first?.params)}`;
  }
}

/** As if each object had the members it declares and no others: callers may be sent more, but not by this version. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return copy['type'] === 'object' && 'properties' in copy ? { additionalProperties: false, ...copy } : copy;
}
