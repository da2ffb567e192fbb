/** The code points beyond the basic plane lie in one row of four-byte codes from here. */
const BEYOND_BASIC = 0x10000;
const BEYOND_BASIC_CODE = linear(0x90, 0x30, 0x81, 0x30);
const BASIC_CODES = linear(0x84, 0x31, 0xa4, 0x39) + 1;

let table: Map<string, Buffer> | null = null;

/** Text in GB18030. Node decodes it but does not encode it: the table is its decoder's, turned round. */
export function gb18030(text: string): Buffer {
  table ??= tableOfBasicPlane();
  const parts: Buffer[] = [];
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint < 0x80) parts.push(Buffer.from([codePoint]));
    else if (codePoint >= BEYOND_BASIC) parts.push(fourBytes(BEYOND_BASIC_CODE + codePoint - BEYOND_BASIC));
    else parts.push(table.get(character) ?? Buffer.from('?'));
  }
  return Buffer.concat(parts);
}

function tableOfBasicPlane(): Map<string, Buffer> {
  const decoder = new TextDecoder('gb18030');
  const characters = new Map<string, Buffer>();
  const add = (code: Buffer): void => {
    const character = decoder.decode(code);
    // What the decoder does not know it replaces; the shorter code of a character comes first and stays.
    if ([...character].length === 1 && character !== '\ufffd' && !characters.has(character)) characters.set(character, code);
  };
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) if (second !== 0x7f) add(Buffer.from([first, second]));
  }
  for (let code = 0; code < BASIC_CODES; code += 1) add(fourBytes(code));
  return characters;
}

function linear(first: number, second: number, third: number, fourth: number): number {
  return (((first - 0x81) * 10 + second - 0x30) * 126 + third - 0x81) * 10 + fourth - 0x30;
}

function fourBytes(code: number): Buffer {
  const fourth = (code % 10) + 0x30;
  const third = (Math.floor(code / 10) % 126) + 0x81;
  const second = (Math.floor(code / 1_260) % 10) + 0x30;
  return Buffer.from([Math.floor(code / 12_600) + 0x81, second, third, fourth]);
}
