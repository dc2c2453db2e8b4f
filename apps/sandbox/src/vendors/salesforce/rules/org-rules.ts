/** What an org's administrators set up beside its schema. Conditions are written as in a WHERE clause. */

/** Records that look alike: the vendor compares the fields without regard to case, and blank ones match nothing. */
export interface DuplicateRule {
  readonly object: string;
  readonly name: string;
  readonly fields: readonly string[];
  /** An alert can be overridden by whoever saves; a block cannot. */
  readonly action: 'alert' | 'block';
  readonly message: string;
}

export interface ValidationRule {
  readonly object: string;
  /** A record of which this holds is refused. */
  readonly when: string;
  readonly message: string;
  /** Where the message is shown; without it, at the top of the page. */
  readonly field: string | undefined;
}

/** A trigger or flow that fails for records of which the condition holds. */
export interface Automation {
  readonly object: string;
  readonly name: string;
  readonly kind: 'trigger' | 'flow';
  readonly when: string | undefined;
  /** It meets a row that another transaction holds, or it is broken. */
  readonly meets: 'locked_row' | 'error';
  /** How often it still fails; counted down. */
  remaining: number;
}

/** What the API user, and nobody else, may not do. */
export interface UserAccess {
  /** Objects without the permission to create, edit and delete. */
  readonly readOnlyObjects: readonly string[];
  /** Records that are shared with the user for reading alone, by 18-character id. */
  readonly readOnlyRecords: readonly string[];
  /** Records that are not shared with the user. */
  readonly hiddenRecords: readonly string[];
}

/** Whether the API answers at all; both refusals are 403, and differ in their code. */
export type ApiAccess = 'enabled' | 'disabled_for_org' | 'disabled_for_user';
