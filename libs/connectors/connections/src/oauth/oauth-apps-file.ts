import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ConnectorRegistry, type OAuthApp } from '@hub/connector-sdk';
import { err, isInnerHost, ok, type Result } from '@hub/platform';
import { OAuthApps } from './oauth-apps';

const MOST_BYTES = 1024 * 1024;
const PRINTABLE = /^[\x21-\x7e]{1,2000}$/;
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

const name = z.string().regex(NAME, 'must be lower-case letters, digits, "_" and "-"');
const credential = z.string().regex(PRINTABLE, 'must be printable characters without spaces');
/** A key or certificate has several lines. */
const secret = z.string().regex(/^[\x20-\x7e\r\n\t]{1,20000}$/, 'must be printable text');
const endpoint = z
  .string()
  .refine(isEndpoint, 'must be an https URL without user and fragment (http only inside the own network)');

const APP = z.strictObject({
  client_id: credential,
  client_secret: credential.nullish(),
  endpoints: z.record(name, endpoint).optional(),
  secrets: z.record(name, secret).optional(),
});
const FILE = z.record(name, z.record(name, APP));

/**
 * Reads the operator's file: `{"salesforce": {"production": {"client_id", "client_secret", "endpoints", "secrets"}}}`.
 * @param file null when the operator has set none: signing in is then offered for no connector
 * @returns every fault with its place; never a value, because any of them may be a secret
 */
export function loadOAuthApps(
  file: string | null,
  connectors: ConnectorRegistry,
): Result<OAuthApps, readonly string[]> {
  if (file === null) return ok(new OAuthApps());
  const content = readJson(file);
  if (!content.ok) return err([content.error]);
  const parsed = FILE.safeParse(content.value);
  if (!parsed.success) return err(parsed.error.issues.map(describe));
  const unknown = Object.keys(parsed.data).filter((id) => connectors.get(id) === undefined);
  if (unknown.length > 0) {
    const known = connectors.list().map(({ manifest }) => manifest.id);
    return err(unknown.map((id) => `${id}: this hub has no such connector; it has ${known.join(', ')}`));
  }
  return ok(new OAuthApps(new Map(Object.entries(parsed.data).map(([id, apps]) => [id, appsOf(apps)]))));
}

function appsOf(environments: z.output<typeof FILE>[string]): OAuthApp[] {
  return Object.entries(environments).map(([environment, app]) => ({
    environment,
    clientId: app.client_id,
    clientSecret: app.client_secret ?? null,
    endpoints: app.endpoints ?? {},
    secrets: app.secrets ?? {},
  }));
}

function readJson(file: string): Result<unknown, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    return err(`the file cannot be read (${code})`);
  }
  if (Buffer.byteLength(text) > MOST_BYTES) return err(`the file is larger than ${MOST_BYTES} bytes`);
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    // The parser's own message quotes the text around the fault.
    return err('the file is not JSON');
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.map(String).join('.');
  // zod's words for these name types and members, and repeat no value.
  return `${place === '' ? 'the whole file' : place}: ${issue.message}`;
}

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isInnerHost(hostname));
}
