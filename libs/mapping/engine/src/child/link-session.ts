import { type LinkQuestion } from '../mapping-engine.types';
import { type KnownLink } from '../protocol';

/** No variable of an expression can have this name: it holds a space. */
export const LINK_SESSION = 'hub links';

/** An invoice may name a product on each of some hundred lines; whoever asks for more is looping. */
export const MAX_LINKS_OF_A_RUN = 1_000;

/** `asked`: it has to be looked up first, so this run is void. */
export type LinkAnswer =
  { readonly kind: 'found'; readonly id: string } | { readonly kind: 'none' | 'asked' | 'too many' };

/**
 * The links of one run. The child knows no database: what it was not given it notes, and the parent runs the expression
 * again with the answers. Expressions are pure, so nothing of the run before has happened.
 */
export class LinkSession {
  private readonly known: ReadonlyMap<string, string | null>;
  private readonly open = new Map<string, LinkQuestion>();

  constructor(links: readonly KnownLink[]) {
    this.known = new Map(links.map(([question, found]) => [keyOf(question), found]));
  }

  /** What this run asked for and was not given. */
  get asked(): readonly LinkQuestion[] {
    return [...this.open.values()];
  }

  find(question: LinkQuestion): LinkAnswer {
    const key = keyOf(question);
    const found = this.known.get(key);
    if (found !== undefined) return found === null ? { kind: 'none' } : { kind: 'found', id: found };
    if (this.known.size + this.open.size >= MAX_LINKS_OF_A_RUN && !this.open.has(key)) return { kind: 'too many' };
    this.open.set(key, question);
    return { kind: 'asked' };
  }
}

function keyOf({ type, id, system }: LinkQuestion): string {
  return JSON.stringify([type, id, system]);
}
