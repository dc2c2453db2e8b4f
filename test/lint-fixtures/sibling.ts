// as: libs/delivery/src/x.ts
// breaks: @nx/enforce-module-boundaries
export * from '@hub/mapping-store';
