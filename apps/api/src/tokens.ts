/** Injection tokens of what `infrastructure.module.ts` provides. */
export const SETTINGS = Symbol('ApiSettings');
export const LOGGER = Symbol('Logger');
export const APP_DATABASE = Symbol('Database of hub_app');
export const AUTH_DATABASE = Symbol('Database of hub_app, for looking up keys alone');
export const SEARCH_DATABASE = Symbol('Database of hub_app, for searches alone');
/** `TenantDb` of searches and lists of events and deliveries: as many as its pool holds at once, and no more. */
export const SEARCH_TENANTS = Symbol('TenantDb of searches');
export const ACCEPT_DATABASE = Symbol('Database of hub_accept');
export const OPERATOR_DATABASE = Symbol('Database of hub_operator');
export const RATE_LIMITER = Symbol('RateLimiter');
export const MAPPING_ENGINE = Symbol('MappingEngine');
export const SAFE_HTTP = Symbol('SafeHttp');
export const CONNECTOR_REGISTRY = Symbol('ConnectorRegistry');
export const KEYRING = Symbol('Keyring');
/** `HUB_PUBLIC_URL` without a slash at its end, or null. */
export const PUBLIC_URL = Symbol('public URL');
/** The operator's mail server, or null. */
export const MAILER = Symbol('Mailer, or null');
/** Where archived events and exports of the audit log are. */
export const OBJECT_STORE = Symbol('ObjectStore');
