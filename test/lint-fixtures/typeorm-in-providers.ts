// as: libs/connectors/providers/src/x.ts
// breaks: no-restricted-imports
export { DataSource } from 'typeorm';
