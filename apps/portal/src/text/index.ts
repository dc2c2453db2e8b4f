import { common } from './common.text';
import { connections } from './connections.text';
import { deliveries } from './deliveries.text';
import { events } from './events.text';
import { govern } from './govern.text';
import { overview } from './overview.text';
import { repair } from './repair.text';
import { shell } from './shell.text';
import { signIn } from './sign-in.text';

/** All that the portal says, in one place: a translation is another folder like this one. A missing key does not compile. */
export const text = { common, connections, deliveries, events, govern, overview, repair, shell, signIn } as const;
