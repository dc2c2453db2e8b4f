// as: libs/mapping/engine/src/x.ts
// breaks: no-restricted-imports
export { Injectable } from '@nestjs/common';
