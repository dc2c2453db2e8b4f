/** Injection tokens of what `infrastructure.module.ts` provides. */
export const SETTINGS = Symbol('ApiSettings');
export const LOGGER = Symbol('Logger');
export const APP_DATABASE = Symbol('Database of hub_app');
export const ACCEPT_DATABASE = Symbol('Database of hub_accept');
export const OPERATOR_DATABASE = Symbol('Database of hub_operator');
export const RATE_LIMITER = Symbol('RateLimiter');
export const MAPPING_ENGINE = Symbol('MappingEngine');
export const SAFE_HTTP = Symbol('SafeHttp');
export const CONNECTOR_REGISTRY = Symbol('ConnectorRegistry');
export const KEYRING = Symbol('Keyring');
