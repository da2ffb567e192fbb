import { invalidRequest, type Refusal } from '@jinku/errors';

/** Where the reading stands within a record. */
type Place = 'START_OF_CELL' | 'PLAIN' | 'QUOTED' | 'QUOTE_IN_QUOTED' | 'AFTER_CARRIAGE_RETURN';

/**
 * Reads comma-separated values (RFC 4180) piece by piece: quotes hold commas, line breaks and doubled quotes; lines end with LF or CRLF. What is not well
 * formed refuses the whole: a quote out of place would shift values into other columns.
 */
export class CsvRecords {
  readonly #limits: { readonly cellCharactersMax: number; readonly cellsMax: number };
  #place: Place = 'START_OF_CELL';
  #cell = '';
  #cells: string[] = [];
  #done: string[][] = [];
  #count = 0;

  constructor(limits: { cellCharactersMax: number; cellsMax: number }) {
    this.#limits = limits;
  }

  /** The records that are complete by now. */
  push(text: string): string[][] {
    for (const character of text) this.#read(character);
    return this.#done.splice(0);
  }

  /** The last record, where no line break ends it. */
  end(): string[][] {
    if (this.#place === 'QUOTED') throw this.#malformed('closes every quote');
    if (this.#place === 'AFTER_CARRIAGE_RETURN') throw this.#malformed('ends its lines with LF or CRLF');
    if (this.#cells.length > 0 || this.#cell !== '' || this.#place !== 'START_OF_CELL') this.#endRecord();
    return this.#done.splice(0);
  }

  #read(character: string): void {
    if (this.#place === 'AFTER_CARRIAGE_RETURN') {
      if (character !== '\n') throw this.#malformed('ends its lines with LF or CRLF');
      return this.#endRecord();
    }
    if (this.#place === 'QUOTED') {
      if (character === '"') this.#place = 'QUOTE_IN_QUOTED';
      else this.#add(character);
      return;
    }
    if (character === ',') return this.#endCell();
    if (character === '\n') return this.#endRecord();
    if (character === '\r') {
      this.#place = 'AFTER_CARRIAGE_RETURN';
      return;
    }
    if (character !== '"') {
      if (this.#place === 'QUOTE_IN_QUOTED') throw this.#malformed('has a comma or a line break after a closing quote');
      this.#place = 'PLAIN';
      return this.#add(character);
    }
    if (this.#place === 'PLAIN') throw this.#malformed('has quotes around whole values only');
    // Two quotes within quotes stand for one.
    if (this.#place === 'QUOTE_IN_QUOTED') this.#add(character);
    this.#place = 'QUOTED';
  }

  #add(character: string): void {
    this.#cell += character;
    if (this.#cell.length > this.#limits.cellCharactersMax) throw this.#malformed(`has at most ${this.#limits.cellCharactersMax} characters in a value`);
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    if (this.#cells.length > this.#limits.cellsMax) throw this.#malformed(`has at most ${this.#limits.cellsMax} values`);
    this.#cell = '';
    this.#place = 'START_OF_CELL';
  }

  #endRecord(): void {
    this.#endCell();
    this.#done.push(this.#cells);
    this.#cells = [];
    this.#count += 1;
  }

  #malformed(rule: string): Refusal {
    return invalidRequest([{ field: `row ${this.#count + 1}`, rule }]);
  }
}
