import helmet from '@fastify/helmet';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** Smallest first. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** The components set styles of elements; everything else comes from this server, and no page is framed. */
const CONTENT_SECURITY_POLICY = {
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
    objectSrc: ["'none'"],
    upgradeInsecureRequests: null,
  },
};

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly isNamedByContent: boolean;
  readonly plain: Content;
  readonly encoded: ReadonlyMap<string, Content>;
}

/**
 * What is named by its content is read when it is asked for, which browsers do once: it is never another, and all of it would
 * be megabytes of each process. The rest is kept, so that a page and its stamp are of one build.
 */
type Content = Buffer | { readonly file: string };

/**
 * The portal's pages. Whatever a browser opens below `/` that is no file and no endpoint is
 * a view of the portal, so that every view has an address that can be opened and shared.
 */
export async function installPortalPages(fastify: FastifyInstance, folder: string, overTls: boolean): Promise<void> {
  const assets = readAssets(folder);
  const page = assets.get('/index.html');
  await fastify.register(async (pages) => {
    await pages.register(helmet, {
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      hsts: overTls,
      referrerPolicy: { policy: 'same-origin' },
    });
    for (const [url, asset] of assets) {
      if (asset !== page) pages.get(url, (request, reply) => sendAsset(request, reply, asset));
    }
    if (page === undefined) return void pages.get('/', (_request, reply) => reply.redirect('/docs'));
    for (const url of ['/', ...VIEWS.flatMap((view) => [`/${view}`, `/${view}/*`])])
      pages.get(url, (request, reply) => sendAsset(request, reply, page));
  });
}

/** First segments of the portal's addresses; anything else is answered with a problem like every unknown path. */
const VIEWS = [
  'sign-in',
  'invitation',
  'forgotten-password',
  'password-reset',
  'overview',
  'events',
  'deliveries',
  'dead-letters',
  'replays',
  'connections',
  'connect',
  'flow',
  'links',
  'recipes',
  'routes',
  'syncs',
  'mappings',
  'alerts',
  'webhooks',
  'quickstart',
  'usage',
  'settings',
  'operator',
  'audit',
  'api-keys',
  'members',
  'account',
] as const;

async function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): Promise<FastifyReply> {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = ENCODINGS.find(
    ({ name }) => asset.encoded.has(name) && new RegExp(`\\b${name}\\b`).test(accepted),
  )?.name;
  const isKnown = request.headers['if-none-match'] === asset.etag;
  const body = isKnown ? null : await bytesOf((encoding && asset.encoded.get(encoding)) ?? asset.plain);
  if (body === undefined) {
    reply.callNotFound();
    return reply;
  }
  void reply
    .header('etag', asset.etag)
    .header('vary', 'accept-encoding')
    .header('cache-control', asset.isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (body === null) return reply.code(304).send();
  void reply.header('content-type', asset.type);
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  return reply.send(body);
}

/** @returns undefined: the file is gone, as when another build has taken the place of the one that is served */
async function bytesOf(content: Content): Promise<Buffer | undefined> {
  return Buffer.isBuffer(content) ? content : readFile(content.file).catch(() => undefined);
}

function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  // Its stamp tells a build from the sources, which are where the build would be when the API runs uncompiled.
  if (!fs.existsSync(path.join(folder, '.sources'))) return assets;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const type = TYPES[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const plain = fs.readFileSync(file);
    const url = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    const isNamedByContent = url.startsWith('/assets/');
    const contentOf = (of: string): Content => (isNamedByContent ? { file: of } : fs.readFileSync(of));
    assets.set(url, {
      type,
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      isNamedByContent,
      plain: isNamedByContent ? { file } : plain,
      encoded: new Map(
        ENCODINGS.filter(({ suffix }) => fs.existsSync(`${file}${suffix}`)).map(({ name, suffix }) => [
          name,
          contentOf(`${file}${suffix}`),
        ]),
      ),
    });
  }
  return assets;
}
