// as: libs/connectors/sdk/src/x.ts
// breaks: no-restricted-imports
export { Injectable } from '@nestjs/common';
