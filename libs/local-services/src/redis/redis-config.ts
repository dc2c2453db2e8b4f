import { LOOPBACK } from '../net/ports';

export interface RedisConfig {
  readonly port: number;
  readonly password: string;
  readonly folder: string;
  readonly pidFile: string;
  readonly persist: boolean;
}

function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * The whole configuration, handed over on stdin: arguments show in the process list, a file would stay on disk.
 * `noeviction` because the queue's keys are not a cache; snapshots are off, the append-only file is the one truth.
 */
export function redisConfig(config: RedisConfig): string {
  return [
    `bind ${LOOPBACK}`,
    `port ${config.port}`,
    'protected-mode yes',
    `requirepass ${quote(config.password)}`,
    `dir ${quote(config.folder)}`,
    `pidfile ${quote(config.pidFile)}`,
    'daemonize no',
    'supervised no',
    'logfile ""',
    'loglevel notice',
    'save ""',
    `appendonly ${config.persist ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}
