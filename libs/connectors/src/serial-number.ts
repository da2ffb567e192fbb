import type { BusinessDate } from '@jinku/calendar';

/** How a connector's serial numbers look: institution, business date, then digits of which the first tells who drew the number. */
export interface SerialNumberFormat {
  /** The institution's id at the rail: 8 of A-Z and 0-9. */
  readonly institution: string;
  /** One digit for each of our services that sends to this rail, so that none needs the others' blocks. */
  readonly issuer: number;
}

/** Digits after the issuer's digit: 10^9 numbers a day and issuer, eleven thousand a second around the clock. */
const SEQUENCE_DIGITS = 9;
export const SERIAL_NUMBERS_PER_DAY_MAX = 10 ** SEQUENCE_DIGITS;

const INSTITUTION = /^[A-Z0-9]{8}$/;

/** `JINKU001` + `20261121` + `0` + `000000001`: 26 characters. The sequence starts at 1 on each business date. */
export function formatSerialNumber(format: SerialNumberFormat, place: { businessDate: BusinessDate; sequence: number }): string {
  const { institution, issuer } = format;
  if (!INSTITUTION.test(institution)) throw new RangeError('the institution id of a serial number is 8 of A-Z and 0-9');
  if (!Number.isInteger(issuer) || issuer < 0 || issuer > 9) throw new RangeError('the issuer of a serial number is one digit');
  if (!Number.isInteger(place.sequence) || place.sequence < 1 || place.sequence >= SERIAL_NUMBERS_PER_DAY_MAX) {
    throw new RangeError('the serial numbers of this business date are used up');
  }
  return `${institution}${place.businessDate.replaceAll('-', '')}${issuer}${String(place.sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}
