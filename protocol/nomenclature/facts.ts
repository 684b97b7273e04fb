/** What is known of a term besides its code. */
export interface TermFacts {
  /** HL7 v2 data type of the value: CWE coded, NM number, ST text, DTM time; CODE, ENUM, EVENT, UNIT for other terms. */
  readonly type: string;
  /** UCUM code; several with | between. */
  readonly unit?: string;
  /** Enumeration of the values. */
  readonly values?: string;
  /** `sibling`: type and unit were not seen for this term, but for the same term of another chamber or sequence. */
  readonly typeBy?: string;
  /** Keys of the sources at the head of the table. */
  readonly from: string;
}
