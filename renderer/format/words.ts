/** Parameters of a message after formatting. */
export type TextParams = Readonly<Record<string, string | number>>;

/** What every formatter needs: the catalogue, the locale, the tablet's time zone and its present time. */
export interface Words {
  readonly t: (id: string, params?: TextParams) => string;
  /** Whether the catalogue has this id. */
  readonly has: (id: string) => boolean;
  readonly locale: string;
  /** IANA name; undefined: the tablet's own. */
  readonly timeZone?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}
