import cluster from 'node:cluster';
import { z } from 'zod';
import { isCidrRange } from '../http/ssrf-guard';
import { err, ok, type Result } from '../result/result';
import { unknownSettings } from './known-settings';

/** The process environment: the one place that reads it, so that every setting is declared and checked at boot. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/**
 * Checks the settings that one process needs and names every fault at once, so that an operator mends them in one go.
 * Unset and empty are the same: compose files pass `VAR=` for what nobody set.
 */
export function parseSettings<S extends z.ZodType>(
  schema: S,
  variables: Readonly<Record<string, string | undefined>> = environment(),
): Result<z.output<S>, string[]> {
  const present = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(present);
  if (parsed.success) return ok(parsed.data);
  return err(
    parsed.error.issues.map(({ path, code, message }) => {
      const isMissing = code === 'invalid_type' && path.length === 1 && !(String(path[0]) in present);
      return `${path.join('.') || '(settings)'}: ${isMissing ? 'is not set' : message}`;
    }),
  );
}

/**
 * For `main.ts`: prints what is wrong to stderr and exits, because a half-configured process is worse than none. A name that
 * means nothing to any program of the hub is told, and no more: what it was to set is left at its default.
 */
export function settingsOrExit<S extends z.ZodType>(schema: S): z.output<S> {
  const settings = parseSettings(schema);
  const unknown = unknownSettings(environment());
  // Once for a group of processes, which share their environment.
  if (unknown.length > 0 && cluster.isPrimary)
    process.stderr.write(`Set, but no setting of the hub: ${unknown.join(', ')}\n`);
  if (settings.ok) return settings.value;
  process.stderr.write(
    `Cannot start, settings are wrong:\n${settings.error.map((line) => `  - ${line}`).join('\n')}\n`,
  );
  process.exit(78);
}

/** Not 0, for which the system would choose one that nobody knows. */
export const portSetting = z.coerce.number().int().min(1).max(65_535);

/** Paths are put behind it, so that it cannot have a query. */
export const publicUrlSetting = z
  .url({ protocol: /^https?$/, error: 'must begin with http:// or https://, and be a URL' })
  .refine((url) => !/[?#]/.test(url), { error: 'must have neither a query nor a fragment' });

/** Also `user@/database?host=/folder`, for a socket, which is no URL for anybody but PostgreSQL. Never shown: it has a password. */
export const databaseUrlSetting = z
  .string()
  .refine((url) => /^postgres(ql)?:\/\/[^#]*$/.test(url) && URL.canParse(url.replace('@/', '@localhost/')), {
    error: 'must be postgres://user:password@host:port/database, with what is special in it percent-encoded',
  });

/** `true`/`false` in words; anything else is refused rather than read as true. */
export const flagSetting = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Comma-separated list without blanks. */
export const listSetting = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** Ranges of addresses, or single ones. */
export const cidrsSetting = listSetting.pipe(
  z.array(z.string().refine(isCidrRange, { error: 'is no address and no CIDR range such as 10.0.0.0/8' })),
);

/** Addresses, CIDR ranges, or the names of such ranges. */
const proxyRange = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.enum(['loopback', 'linklocal', 'uniquelocal'])],
  {
    error: 'Name the addresses of the proxies, or CIDR ranges of them, such as 10.0.0.0/8, separated by commas.',
  },
);

/**
 * Whose `X-Forwarded-For` is believed. There is no value for everybody: the first address in it is what the caller wrote.
 * `false` stands for nobody.
 */
export const proxiesSetting = listSetting
  .transform((list) => (list.join() === 'false' ? [] : list))
  .pipe(z.array(proxyRange));
