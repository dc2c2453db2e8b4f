import { z } from 'zod';
import { err, ok, type Result } from '../result/result';

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
  return err(parsed.error.issues.map((issue) => `${issue.path.join('.') || '(settings)'}: ${issue.message}`));
}

/** For `main.ts`: prints what is wrong to stderr and exits, because a half-configured process is worse than none. */
export function settingsOrExit<S extends z.ZodType>(schema: S): z.output<S> {
  const settings = parseSettings(schema);
  if (settings.ok) return settings.value;
  process.stderr.write(
    `Cannot start, settings are wrong:\n${settings.error.map((line) => `  - ${line}`).join('\n')}\n`,
  );
  process.exit(78);
}

export const portSetting = z.coerce.number().int().min(0).max(65_535);

/** `true`/`false` in words; anything else is refused rather than read as true. */
export const flagSetting = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Comma-separated list without blanks. */
export const listSetting = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
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
