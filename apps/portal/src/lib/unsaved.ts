import { createContext, useContext, useEffect } from 'react';
import { leaveForGood } from './left-page';

/** An address as far as it matters for what stays on the screen. */
export interface Place {
  readonly pathname: string;
  readonly search: object;
}

/** Something that somebody writes, and that is lost with the page. */
export interface Unsaved {
  readonly isUnsaved: () => boolean;
  /** Whether it is on its way, so that what comes of it is still to be shown. */
  readonly isSending?: () => boolean;
  /** Whether it is gone once the address is another one; filters and the like leave it alone. */
  readonly isLeft?: (from: Place, to: Place) => boolean;
}

/** Asks somebody, and answers whether what is unsaved may be lost. */
export type Ask = () => Promise<boolean>;

export const AskUnsaved = createContext<Ask>(() => Promise.resolve(true));

/** The dialog around; null on the page itself. */
export const AroundDialog = createContext<object | null>(null);

/** The form around that begins anew with what others save; null where it does not. */
export const AroundKept = createContext<object | null>(null);

/** Each with what it stands in. */
const open = new Map<Unsaved, readonly (object | null)[]>();
let isGivenUp = false;

/** Has the page ask before this is lost. */
export function useUnsaved(unsaved: Unsaved): void {
  const around = [useContext(AroundDialog), useContext(AroundKept)];
  useEffect(() => {
    open.set(unsaved, around);
    return () => void open.delete(unsaved);
  });
}

export function isAnythingUnsaved(): boolean {
  return !isGivenUp && [...open.keys()].some(({ isUnsaved }) => isUnsaved());
}

/** @param place a value of {@link AroundDialog} or {@link AroundKept} */
export function isUnsavedIn(place: object): boolean {
  return [...open].some(([{ isUnsaved }, around]) => around.includes(place) && isUnsaved());
}

export function isSendingIn(dialog: object): boolean {
  return [...open].some(([{ isSending }, around]) => around.includes(dialog) && isSending?.() === true);
}

/** To be called when the page goes for good: somebody was asked before. What is still drawn of it until then keeps nothing. */
export function giveUpUnsaved(): void {
  isGivenUp = true;
  leaveForGood();
}

export function isPageGivenUp(): boolean {
  return isGivenUp;
}

export function losesUnsaved(from: Place, to: Place): boolean {
  return [...open.keys()].some(({ isUnsaved, isLeft = leavesTab }) => isLeft(from, to) && isUnsaved());
}

function leavesTab(from: Place, to: Place): boolean {
  return from.pathname !== to.pathname || memberOf(from, 'tab') !== memberOf(to, 'tab');
}

export function memberOf({ search }: Place, name: string): unknown {
  return (search as Readonly<Record<string, unknown>>)[name];
}
