// as: libs/database/src/x.int-spec.ts
// breaks: nothing
export * from '@hub/testing';
