import { type HubDatabase } from '@hub/testing';

/** A secret travels in more than one spelling. */
export function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}

/** Tokens as the vendors make them. Nobody told the test what they are. */
export const VENDOR_TOKENS: Readonly<Record<string, RegExp>> = {
  'a session of Salesforce': /00D\w{12}!AQ[\w.]{20}/,
  'a refresh token of Salesforce': /5Aep861[\w.]{20}/,
  'an access token of QuickBooks': /eyJlbmMiOiJBMTI4Q0JDLUhTMjU2/,
  'a refresh token of QuickBooks': /AB11[0-9a-f]{20}/,
  'a token of NetSuite': /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20}/,
  'an Authorization header': /(Bearer|Basic) [\w.~+/-]{20}/,
};

/** Fails with the place of each secret that is in the text, in whatever spelling. */
export function expectNone(text: string, secrets: readonly string[]): void {
  const found = secrets.flatMap((secret) =>
    // The last one is how the database prints bytes.
    [...spellings(secret), Buffer.from(secret).toString('hex')].filter((spelling) => text.includes(spelling)),
  );
  expect(found.map((spelling) => `${spelling} …${around(text, text.indexOf(spelling))}`)).toEqual([]);
}

/** The same for secrets that nobody but the vendor knows, by their looks. */
export function expectNoneLike(text: string, patterns: Readonly<Record<string, RegExp>>): void {
  const found = Object.entries(patterns).flatMap(([what, pattern]) => {
    const at = text.search(pattern);
    return at === -1 ? [] : [`${what} …${around(text, at)}`];
  });
  expect(found).toEqual([]);
}

function around(text: string, at: number): string {
  return text.slice(Math.max(0, at - 200), at + 80);
}

/** Every row of every table, as text. */
export async function databaseText(database: HubDatabase): Promise<string> {
  return database.asSuperuser(async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  });
}
