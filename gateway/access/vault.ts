/** What people know and keys are derived of; a PIN where nothing is said. */
export type KnownKind = 'pin' | 'passphrase';

/**
 * The keys of a tablet. Keys never leave the vault; it does what they are for. Implementations differ in
 * what opens them (PIN, security key, the system's secret store).
 */
export interface KeyVault {
  /** False on a fresh folder: no credential exists until somebody enrols. */
  readonly exists: boolean;
  readonly isOpen: boolean;
  /** C2SP verifier key of the audit log; readable while locked, undefined before the vault exists. */
  readonly auditVerifier: string | undefined;
  /** Counts the site keys, i.e. the keys of the pseudonyms, from 1. */
  readonly keyEpoch: number;
  /** Since when the site key is in use, milliseconds since 1970; 0: the vault does not say. */
  readonly siteKeySince: number;
  /**
   * Makes all keys, for the first person, and leaves the vault open. The words are shown once and kept
   * nowhere. `beforeSaved` runs with the vault open; the vault exists only after it.
   */
  create(
    personId: string,
    secret: string,
    auditKeyName: string,
    beforeSaved: () => Promise<void>,
    kind?: KnownKind,
  ): Promise<{ readonly recoveryWords: readonly string[] }>;
  /** Adds or replaces what opens the vault for a person. Needs an open vault. */
  setPin(personId: string, secret: string, kind?: KnownKind): Promise<void>;
  /** This person has such a secret. */
  opensWith(personId: string, kind: KnownKind): boolean;
  /** Opens the vault. False: wrong secret or nobody of this id. */
  open(personId: string, secret: string, kind?: KnownKind): Promise<boolean>;
  /** The same check without a change of state: a fresh factor. */
  check(personId: string, secret: string, kind?: KnownKind): Promise<boolean>;
  openWithWords(words: readonly string[]): Promise<boolean>;
  checkWords(words: readonly string[]): Promise<boolean>;
  /** Forgets the keys. */
  close(): void;
  /** What needs an open vault throws LOCKED while it is closed. */
  signAudit(message: Uint8Array): Uint8Array;
  /** Goes on to the next site key, for good: what stands for somebody or for a device from now on is another. */
  nextSiteKey(): Promise<void>;
  /** HMAC-SHA256 of the site key of this epoch, 16 bytes (security.md 4.2). */
  pseudonym(kind: 'person' | 'device', value: string): Uint8Array;
  wrapKey(key: Uint8Array, context: string): Uint8Array;
  /** Throws RECORD_BROKEN when the wrapping does not belong to this vault and context. */
  unwrapKey(wrapped: Uint8Array, context: string): Uint8Array;
}

/** An outer sealing of the files of vault and people, by their names in the folder. */
export interface OuterSeal {
  wrap(bytes: Uint8Array, name: string): Promise<Uint8Array>;
  /** Undefined: the file counts as not there. */
  unwrap(bytes: Uint8Array, name: string): Promise<Uint8Array | undefined>;
}

/** What an outer seal needs of a vault that is open. */
export interface OpenedVault extends Pick<KeyVault, 'wrapKey'> {
  /** The vault as the recovery words alone open it; plain data without names. */
  readonly rescue: unknown;
}
