import { pointerToken, type JsonObject } from '@hub/platform';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type Connector } from './connector';
import { type OAuthApp } from './oauth';

/** One thing that is wrong with a configuration. Never repeats the value: it may be a credential. */
export interface ConfigProblem {
  /** JSON Pointer to the member at fault. */
  readonly pointer: string;
  /** `required`, `unknown_member`, or the name of the schema keyword or check that failed. */
  readonly code: string;
  readonly message: string;
}

export type SchemaValidator = (value: unknown) => readonly ConfigProblem[];

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, discriminator: true });
addFormats(ajv);

/** Keyed by the schema object: manifests are constants, so this grows with the number of connectors alone. */
const compiled = new WeakMap<JsonObject, SchemaValidator>();

/** They only say that a branch failed; the errors inside the branch say what. */
const BRANCH_KEYWORDS = new Set(['if', 'oneOf', 'anyOf', 'allOf']);

/** @throws for a schema that is not valid draft 2020-12 in ajv's strict mode: a mistake in a manifest. */
export function compileSchema(schema: JsonObject): SchemaValidator {
  let validator = compiled.get(schema);
  if (validator === undefined) {
    const validate = ajv.compile(schema);
    validator = (value) => problemsOf(validate, value);
    compiled.set(schema, validator);
  }
  return validator;
}

/**
 * Everything that is wrong with a connection's settings, pointers starting at `/config` and `/credentials`.
 * Empty: the connector can work with them.
 */
export function validateConnection(
  connector: Pick<Connector, 'manifest' | 'checkConnection'>,
  settings: { readonly config: JsonObject; readonly credentials: JsonObject },
  app: OAuthApp | null = null,
): readonly ConfigProblem[] {
  const { manifest } = connector;
  const problems = [
    ...below('/config', compileSchema(manifest.configSchema)(settings.config)),
    ...below('/credentials', compileSchema(manifest.credentialsSchema)(settings.credentials)),
  ];
  // The connector's own check relies on the shapes that the schemas promise.
  if (problems.length > 0) return problems;
  return connector.checkConnection?.(settings.config, settings.credentials, app) ?? [];
}

function below(prefix: string, problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.map((problem) => ({ ...problem, pointer: `${prefix}${problem.pointer}` }));
}

function problemsOf(validate: ValidateFunction, value: unknown): readonly ConfigProblem[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  const leaves = errors.filter(({ keyword }) => !BRANCH_KEYWORDS.has(keyword));
  return (leaves.length > 0 ? leaves : errors).map(problemOf);
}

function problemOf({ keyword, instancePath, params, message }: ErrorObject): ConfigProblem {
  const { missingProperty, additionalProperty, unevaluatedProperty, propertyName, allowedValues } = params as {
    missingProperty?: string;
    additionalProperty?: string;
    unevaluatedProperty?: string;
    propertyName?: string;
    allowedValues?: readonly unknown[];
  };
  const unknown = additionalProperty ?? unevaluatedProperty;
  if (unknown !== undefined) {
    return { pointer: join(instancePath, unknown), code: 'unknown_member', message: 'This member is not known here' };
  }
  if (keyword === 'required' && missingProperty !== undefined) {
    return { pointer: join(instancePath, missingProperty), code: 'required', message: 'This member is required' };
  }
  if (keyword === 'propertyNames' && propertyName !== undefined) {
    return { pointer: join(instancePath, propertyName), code: 'member_name', message: 'This name cannot be used here' };
  }
  if (keyword === 'enum' && allowedValues !== undefined) {
    return { pointer: instancePath, code: 'enum', message: `Must be one of ${allowedValues.map(String).join(', ')}` };
  }
  return { pointer: instancePath, code: snakeCase(keyword), message: capitalized(message ?? 'is not valid') };
}

function join(path: string, member: string): string {
  return `${path}/${pointerToken(member)}`;
}

function snakeCase(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
