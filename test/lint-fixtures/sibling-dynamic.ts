// as: libs/delivery/src/x.ts
// breaks: @nx/enforce-module-boundaries
export const load = () => import('@hub/connections');
