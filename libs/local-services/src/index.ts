export { LocalServiceError, systemCode, type LocalServiceErrorCode } from './errors/local-service.error';
export { assertPortFree, checkPortFree, findFreePort } from './net/ports';
export { waitFor, type WaitOptions } from './net/wait-for';
export { type ServiceExit } from './process/child-service';
export { type PostgresSource, type RunningPostgres, type StartPostgresOptions } from './postgres/postgres.types';
export { startPostgres } from './postgres/start-postgres';
export { startRedis, type RunningRedis, type StartRedisOptions } from './redis/start-redis';
