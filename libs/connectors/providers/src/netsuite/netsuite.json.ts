import { createHash } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';

export type Members = Record<string, unknown>;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** The lines of `{"items": […]}`; null for what is no collection. */
export function itemsOf(value: unknown): readonly Members[] | null {
  if (!isMembers(value) || !Array.isArray(value['items'])) return null;
  return value['items'].filter(isMembers);
}

export function textOf(value: unknown): string | null {
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'string' ? value : null;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
