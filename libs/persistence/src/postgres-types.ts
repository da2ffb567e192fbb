import pg from 'pg';

const OID_INT8 = 20;
const OID_DATE = 1082;
const OID_INT8_ARRAY = 1016;

type Parser = (value: string) => unknown;

/** `int8` as bigint and `date` as text; a JavaScript number never holds an amount, a Date never holds a business date. */
export const postgresTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
    if (format !== 'binary') {
      if (oid === OID_INT8) return BigInt;
      if (oid === OID_DATE) return String;
      if (oid === OID_INT8_ARRAY) return (value) => (value === '{}' ? [] : value.slice(1, -1).split(',').map((element) => (element === 'NULL' ? null : BigInt(element))));
    }
    return pg.types.getTypeParser(oid, format) as Parser;
  },
};
