import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { assertRoleIsConfined, type Database } from '@hub/database';
import { type Logger } from '@hub/platform';
import { ApiKeyAuthenticator, OperatorAuthenticator } from '@hub/tenancy';
import { AppModule } from './app.module';
import { KeyUsage } from './infrastructure/key-usage';
import { answerClientError } from './http/client-errors';
import { installBodyParser } from './http/body-parser';
import { FailedRequestLimit } from './http/failed-request-limit';
import { ProblemFilter } from './http/problem.filter';
import { RateLimits } from './http/rate-limits';
import { SessionAccess } from './http/session-access';
import { PayloadReadRecorder } from './http/payload-read-recorder';
import { rememberMethods } from './http/route-methods';
import { sendRouterProblem } from './http/router-problem';
import { RefusalRecorder } from './http/refusal-recorder';
import { installRequestHooks, requestIdOf } from './http/request-hooks';
import { committedDocument } from './modules/docs/openapi-document';
import { installDocsPages } from './modules/docs/docs-pages';
import { installPortalPages } from './modules/pages/portal-pages';
import { ApiMetrics } from './modules/metrics/api-metrics';
import { type ApiSettings } from './settings';
import { ACCEPT_DATABASE, APP_DATABASE, LOGGER, OPERATOR_DATABASE } from './tokens';

/** Where the build puts the portal, seen from the built API; there is none when the sources run as they are. */
const PORTAL_FOLDER = path.join(__dirname, '..', '..', 'portal');

/**
 * The whole API, ready to listen. Used by the process, by tests and by the export of the OpenAPI document.
 * @param describe gives that document, as JSON
 */
export async function createApp(
  settings: ApiSettings,
  describe: (app: NestFastifyApplication) => string | Promise<string> = committedDocument,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    // There is no middleware.
    skipMiddie: true,
    // An empty list would be refused.
    trustProxy: settings.HUB_TRUST_PROXY.length > 0 && settings.HUB_TRUST_PROXY,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => requestIdOf(request.headers),
    // A client that sends a byte a second must not hold a socket for ever.
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    // Who comes on an open connection while the process stops is served and then told to close it: by default he would
    // get a 503, and a rolling update would be seen from outside.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: sendRouterProblem,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, logger),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(settings), adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  // With its type: the adapter's own is made from what refers to it.
  const logger: Logger = app.get(LOGGER);
  const failedRequests = app.get(FailedRequestLimit);
  const limits = app.get(RateLimits);
  const fastify = adapter.getInstance();
  installBodyParser(fastify);
  installRequestHooks(fastify, {
    authenticator: app.get(ApiKeyAuthenticator),
    operators: app.get(OperatorAuthenticator),
    failedRequests,
    limits,
    keyUsage: app.get(KeyUsage),
    sessions: app.get(SessionAccess),
    metrics: app.get(ApiMetrics),
    logger,
  });
  app.get(PayloadReadRecorder).install(fastify);
  const refusals = app.get(RefusalRecorder);
  fastify.addHook('onResponse', (request, reply, done) => {
    refusals.answered(request, reply.statusCode);
    done();
  });
  const overTls = settings.HUB_PUBLIC_URL?.startsWith('https://') === true;
  await installDocsPages(fastify, await describe(app), overTls);
  await installPortalPages(fastify, PORTAL_FOLDER, overTls);
  // After the pages: who posts to `/events` is told that nothing is there, and not that the portal's view is for reading.
  const methodsOf = rememberMethods(fastify);
  app.useGlobalFilters(new ProblemFilter({ failedRequests, limits, logger, methodsOf }));
  await app.init();
  return app;
}

/** Refuses to serve with a role that row-level security does not bind. */
export async function assertConfinedRoles(app: NestFastifyApplication): Promise<void> {
  for (const token of [APP_DATABASE, ACCEPT_DATABASE, OPERATOR_DATABASE])
    await assertRoleIsConfined(app.get<Database>(token));
}
