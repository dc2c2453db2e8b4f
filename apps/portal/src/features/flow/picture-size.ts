import { type Place } from './layout';

export const NODE = { width: 216, height: 92 } as const;
const ACROSS = { layer: NODE.width + 168, row: NODE.height + 28 } as const;
const DOWN = { layer: NODE.height + 96, row: NODE.width + 16 } as const;
/** What a picture has to itself on a desk and on a phone; close enough to tell how tall it becomes. */
const ROOM = { wide: 940, narrow: 264 } as const;
/** Above and below the boxes, ways back included. */
const MARGIN = 150;
const LEAST_HEIGHT = 240;
const MOST_HEIGHT = 900;

/** From layer to layer and from row to row, in pixels: from left to right, or from top to bottom. */
export function stepsOf(isWide: boolean): { readonly layer: number; readonly row: number } {
  return isWide ? ACROSS : DOWN;
}

/** Known before the picture is, so that nothing below it moves when it comes. */
export function pictureHeight(places: Iterable<Place>, isWide: boolean): number {
  let [layers, rows] = [1, 1];
  for (const { layer, row } of places) [layers, rows] = [Math.max(layers, layer + 1), Math.max(rows, row + 1)];
  const [across, down] = isWide ? [layers * ACROSS.layer, rows * ACROSS.row] : [rows * DOWN.row, layers * DOWN.layer];
  const zoom = Math.min(1, (isWide ? ROOM.wide : ROOM.narrow) / across);
  return Math.round(Math.min(Math.max(down * zoom + MARGIN, LEAST_HEIGHT), MOST_HEIGHT));
}
