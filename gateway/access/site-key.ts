import { toOneBoxError } from '@onebox/protocol/errors.js';
import type { AuditLog } from '../audit/log.js';
import type { Clock } from '../files/clock.js';
import type { People } from './people.js';
import type { KeyVault } from './vault.js';

/** What one site key is used for: who has the log of longer cannot tell that two entries are of one person or device. */
export const SITE_KEY_DAYS = 90;
const DAY = 86_400_000;

/** What stands for a person in the log, in hex. Throws LOCKED. */
export function personPseudonym(vault: KeyVault, personId: string): string {
  return Buffer.from(vault.pseudonym('person', personId)).toString('hex');
}

interface SiteKeyParts {
  readonly audit: AuditLog;
  readonly vault: KeyVault;
  readonly people: People;
  readonly clock: Clock;
}

/**
 * With the vault open: goes on to the next site key when this one had its time, and gives everybody the pseudonym of
 * it. The log has the change before it is made. What fails is a record and tried again next time: nobody is kept from
 * the tablet for it.
 */
export async function renewSiteKey({ audit, vault, people, clock }: SiteKeyParts): Promise<void> {
  try {
    // A clock that was far ahead when the key began must not keep it for ever.
    const age = Math.abs(clock.unixMs() - vault.siteKeySince);
    if (age >= SITE_KEY_DAYS * DAY) {
      await audit.append('siteKeyChanged', { keyEpoch: vault.keyEpoch + 1 });
      await vault.nextSiteKey();
    }
    // Also after a power loss in between.
    await people.renewPseudonyms((personId) => personPseudonym(vault, personId));
  } catch (error) {
    await audit.note('siteKeyKept', { keyEpoch: vault.keyEpoch, error: toOneBoxError(error).kind });
  }
}
