import { common } from './common.text';
import { shell } from './shell.text';
import { signIn } from './sign-in.text';

/** All that the portal says, in one place: a translation is another folder like this one. A missing key does not compile. */
export const text = { common, shell, signIn } as const;
