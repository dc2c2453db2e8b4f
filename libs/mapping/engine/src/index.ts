export * from './mapping-engine.types';
export { createMappingEngine } from './mapping-engine';
export { MAPPING_FUNCTIONS, renderMappingFunctionsMarkdown } from './functions/catalogue';
export type { MappingFunctionDoc, MappingFunctionExample, MappingFunctionGroup } from './functions/function.types';
