/** The hub's API for JavaScript and TypeScript, generated from `openapi/openapi.json`. */
export * from './generated';
export { client } from './generated/client.gen';
export { createClient, createConfig, type Client, type Config } from './generated/client';
