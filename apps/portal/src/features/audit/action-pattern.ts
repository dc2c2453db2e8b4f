const AREA = /^([a-z_]+)\.?$/;

/** What the API takes of what somebody has typed so far: a word alone stands for all that is done to things of its kind. */
export function actionPattern(typed: string | undefined): string | undefined {
  const action = typed?.toLowerCase();
  const area = AREA.exec(action ?? '')?.[1];
  return area === undefined ? action : `${area}.*`;
}
