import {
  compileSchema,
  validateConnection,
  type ConfigProblem,
  type Connector,
  type OAuthApp,
} from '@hub/connector-sdk';
import {
  err,
  ok,
  pointerToken,
  problem,
  type InputFault,
  type Json,
  type JsonObject,
  type Problem,
  type Result,
} from '@hub/platform';

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/u;
const MOST_BYTES = 64 * 1024;

export interface CheckedSettings {
  /** False: the connector needs credentials that are not there yet, so nothing can be delivered. */
  readonly complete: boolean;
}

/**
 * Checks settings against the connector's manifest, and what its schemas cannot say. Without credentials the config is
 * checked alone, unless the connector can do without any.
 *
 * @param app the operator's registration for this config, whose addresses are trusted
 * @returns a 422 `invalid_connection` whose faults point into `{config, credentials}`, never repeating a value.
 */
export function checkSettings(
  connector: Connector,
  config: JsonObject,
  credentials: JsonObject | null,
  app: OAuthApp | null,
): Result<CheckedSettings, Problem> {
  const faults = [...storageFaults('/config', config), ...storageFaults('/credentials', credentials ?? {})];
  if (faults.length > 0) return err(invalid(faults));
  const needsNone = compileSchema(connector.manifest.credentialsSchema)({}).length === 0;
  if (credentials !== null) return verdict(validateConnection(connector, { config, credentials }, app), true);
  if (!needsNone) return verdict(below('/config', compileSchema(connector.manifest.configSchema)(config)), false);
  const problems = validateConnection(connector, { config, credentials: {} }, app);
  // What the empty credentials lack is not the caller's mistake: they come later.
  const mistakes = problems.filter(({ pointer }) => !isBelow('/credentials', pointer));
  return verdict(mistakes, mistakes.length === problems.length);
}

function verdict(problems: readonly ConfigProblem[], complete: boolean): Result<CheckedSettings, Problem> {
  return problems.length === 0 ? ok({ complete }) : err(invalid(problems));
}

function invalid(faults: readonly InputFault[]): Problem {
  return problem('unprocessable', 'invalid_connection', 'The connector cannot work with these settings.', {
    faults: faults.map(({ pointer, code, message }) => ({ pointer, code, message })),
  });
}

function below(prefix: string, problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.map((found) => ({ ...found, pointer: `${prefix}${found.pointer}` }));
}

function isBelow(prefix: string, pointer: string): boolean {
  return pointer === prefix || pointer.startsWith(`${prefix}/`);
}

function storageFaults(pointer: string, value: JsonObject): InputFault[] {
  if (Buffer.byteLength(JSON.stringify(value)) > MOST_BYTES) {
    return [{ pointer, code: 'too_large', message: `Must be at most ${MOST_BYTES} bytes of JSON` }];
  }
  return [...unstorable(pointer, value)];
}

function* unstorable(pointer: string, value: Json): Generator<InputFault> {
  if (typeof value === 'string' && UNSTORABLE.test(value)) {
    yield { pointer, code: 'invalid_text', message: 'Must not contain NUL or broken Unicode' };
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (UNSTORABLE.test(name)) {
        yield { pointer, code: 'invalid_text', message: 'A member name must not contain NUL or broken Unicode' };
      } else yield* unstorable(`${pointer}/${pointerToken(name)}`, member);
    }
  }
}
