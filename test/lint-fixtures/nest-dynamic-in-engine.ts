// as: libs/mapping/engine/src/x.ts
// breaks: no-restricted-syntax
export const load = () => import('@nestjs/common');
