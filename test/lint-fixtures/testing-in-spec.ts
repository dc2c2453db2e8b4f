// as: libs/delivery/src/x.spec.ts
// breaks: nothing
export * from '@hub/testing';
