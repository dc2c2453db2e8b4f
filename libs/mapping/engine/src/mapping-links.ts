import { err } from '@hub/platform';
import { type LinkLookup, type LinkQuestion, type LinkResolver, type MappingRequest } from './mapping-engine.types';
import { type MappingOutcome } from './pool/pool.types';
import { type KnownLink } from './protocol';

/**
 * Rounds of one run. The first finds out what is asked for; another is needed only for a link whose id comes out of
 * another link.
 */
export const MAX_LINK_ROUNDS = 5;

export const LINKS_UNAVAILABLE: MappingOutcome = err({
  code: 'mapping_unavailable',
  message: 'The links between records could not be looked up. Try again.',
});

export const LINKS_TOO_DEEP: MappingOutcome = err({
  code: 'mapping_runtime',
  message: `Links whose ids come out of other links may be at most ${MAX_LINK_ROUNDS - 1} deep.`,
});

/** A run that waits for links. */
export interface AskingRun {
  readonly links: NonNullable<MappingRequest['links']>;
  readonly needs: readonly LinkQuestion[];
}

/**
 * Looks up what all runs of a batch need, each question once and in one call for each resolver, so that 200 invoices cost
 * one query and not 200.
 * @returns for each run what is known now, or null when its resolver failed.
 */
export async function lookUp(runs: readonly AskingRun[]): Promise<(readonly KnownLink[] | null)[]> {
  const found = new Map<LinkResolver, ReadonlyMap<string, string | null> | null>();
  await Promise.all(
    [...new Set(runs.map((run) => run.links.resolver))].map(async (resolver) =>
      found.set(
        resolver,
        await askOnce(
          resolver,
          runs.filter((run) => run.links.resolver === resolver),
        ),
      ),
    ),
  );
  return runs.map(({ links, needs }) => {
    const known = found.get(links.resolver) ?? null;
    return known && needs.map((question): KnownLink => [question, known.get(keyOf(links.from, question)) ?? null]);
  });
}

async function askOnce(
  resolver: LinkResolver,
  runs: readonly AskingRun[],
): Promise<ReadonlyMap<string, string | null> | null> {
  const lookups = new Map<string, LinkLookup>();
  for (const { links, needs } of runs)
    for (const question of needs) lookups.set(keyOf(links.from, question), { ...question, from: links.from });
  try {
    const answers = await resolver.find([...lookups.values()]);
    return new Map([...lookups.keys()].map((key, index) => [key, answers[index] ?? null]));
  } catch {
    // What failed is the resolver's to tell; here it means that these runs cannot end now.
    return null;
  }
}

function keyOf(from: string, { type, id, system }: LinkQuestion): string {
  return JSON.stringify([from, type, id, system]);
}
