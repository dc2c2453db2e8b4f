// as: libs/connectors/connections/src/x.ts
// breaks: @nx/enforce-module-boundaries
export type * from '@hub/delivery';
