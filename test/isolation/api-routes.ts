import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { ModulesContainer } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ACCESS, type Access } from '../../apps/api/src/http/access';

export interface ApiRoute {
  readonly method: string;
  /** With its parameters, such as `/v1/events/:tracking_id`. */
  readonly path: string;
  /** `null` for one that is served beside Nest, and so meets no guard. */
  readonly access: Access | null;
  readonly handler: string;
}

/** Every route that Fastify serves, joined with what its handler says about access. HEAD comes with each GET. */
export function routesOf(app: NestFastifyApplication): ApiRoute[] {
  const declared = new Map(handlersOf(app).map((route) => [`${route.method} ${route.path}`, route]));
  const served = parsePrinted(app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }));
  const routes = served.map(({ method, path }) => {
    const found = declared.get(`${method} ${path}`);
    declared.delete(`${method} ${path}`);
    return found ?? { method, path, access: null, handler: 'beside Nest' };
  });
  if (declared.size > 0) throw new Error(`declared, but not served: ${[...declared.keys()].join(', ')}`);
  return routes;
}

function handlersOf(app: NestFastifyApplication): ApiRoute[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const controller = metatype as Type;
    const prototype = controller.prototype as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (name === 'constructor' || typeof handler !== 'function') return [];
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const access = (Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller)) as
        Access | undefined;
      const path = join(Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler));
      return [
        { method: RequestMethod[method] ?? '', path, access: access ?? null, handler: `${controller.name}.${name}` },
      ];
    });
  });
}

function join(...parts: unknown[]): string {
  const path = parts.map((part) => String(part).replace(/^\/|\/$/g, '')).filter((part) => part !== '');
  return `/${path.join('/')}`;
}

/** Fastify tells its routes as a drawing of a tree: four characters a level, then a piece of path and its methods. */
function parsePrinted(text: string): { method: string; path: string }[] {
  const pieces: string[] = [];
  return text.split('\n').flatMap((line) => {
    const match = /^((?:│ {3}| {4})*)(?:├── |└── )(\S*)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (match === null) {
      if (line.trim() !== '') throw new Error(`the router drew what is not understood here: ${line}`);
      return [];
    }
    const [, indent = '', piece = '', methods] = match;
    pieces.splice(indent.length / 4);
    pieces.push(piece);
    const path = pieces.join('').replace(/(.)\/$/, '$1');
    return (methods ?? '')
      .split(', ')
      .filter((method) => method !== '' && method !== 'HEAD' && method !== 'OPTIONS')
      .map((method) => ({ method, path }));
  });
}
