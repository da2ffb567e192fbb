/** A number shorter than this shows nothing: four digits at each end would be most of it. */
const SHOWN_FROM_LENGTH = 12;

/** `6222021234567890` becomes `6222****7890`. */
export function maskAccountNumber(accountNumber: string): string {
  const number = accountNumber.replace(/[\s-]/g, '');
  return number.length < SHOWN_FROM_LENGTH ? '****' : `${number.slice(0, 4)}****${number.slice(-4)}`;
}

/** `张三丰` becomes `张**`; two stars whatever the length, so that the length is not told. */
export function maskName(name: string): string {
  const [first = ''] = name.trim();
  return `${first}**`;
}
