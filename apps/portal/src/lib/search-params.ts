/** What an address says, as far as it makes sense: anything else is as if it were not there. */
export function textParam(search: Record<string, unknown>, name: string, most = 300): string | undefined {
  const value = search[name];
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text.slice(0, most) : undefined;
}

export function choiceParam<T extends string>(
  search: Record<string, unknown>,
  name: string,
  choices: readonly T[],
): T | undefined {
  // The router reads `false` as JSON.
  const value = String(search[name]);
  return choices.find((choice) => choice === value);
}

/** Something that is on or not there at all. */
export function flagParam(search: Record<string, unknown>, name: string): true | undefined {
  return search[name] === true || search[name] === 'true' ? true : undefined;
}

/** An RFC 3339 time. */
export function timeParam(search: Record<string, unknown>, name: string): string | undefined {
  const text = textParam(search, name, 40);
  return text !== undefined && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : undefined;
}

export type QueryMembers = Readonly<Record<string, string | number | boolean | undefined>>;

/** As text, and without what is not there. */
export function membersOf(query: QueryMembers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** Without what is not there, so that an address without filters is a short one. */
export function present<T extends Record<string, unknown>>(params: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
