import { type FastifyInstance } from 'fastify';

/** The methods, sorted, that the path of a URL is served with; none where no route has that path. */
export type MethodsOf = (url: string) => readonly string[];

/** Knows of every route that is added from now on. The router itself tells only that it has none for method and path. */
export function rememberMethods(fastify: FastifyInstance): MethodsOf {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const each of [method].flat()) known.methods.add(each);
    routes.set(url, known);
  });
  return (url) => {
    const [path = ''] = url.split('?');
    const fitting = [...routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
  };
}

/**
 * Of a path with parameters.
 *
 * @throws Error for what else the router's paths may have: a pattern that is none of theirs would tell methods that nobody has
 */
function patternOf(url: string): RegExp {
  if (/[*?(]|::/.test(url)) throw new Error(`a path may have parameters and nothing else: ${url}`);
  return new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}
