/** Before every id. */
export const MIN_UUID = '00000000-0000-0000-0000-000000000000';

/** The least and the greatest: with them the planner touches only the days that the ids are of. */
export function bounds(ids: readonly string[]): [string, string] {
  let least = ids[0] ?? MIN_UUID;
  let most = least;
  for (const id of ids) {
    if (id < least) least = id;
    if (id > most) most = id;
  }
  return [least, most];
}
