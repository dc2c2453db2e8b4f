// as: libs/delivery/src/x.ts
// breaks: @nx/enforce-module-boundaries
export * from '../../mapping/store/src/index';
