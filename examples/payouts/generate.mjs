// Writes merchants.csv and requests.csv of this folder. The same seed gives the same bytes: `node generate.mjs [SEED] [COUNT]`.
import { join } from 'node:path';
import { Clientele, COLUMNS, number, writeCsv, writeMerchants } from '../clientele.mjs';

const [seed = '20261121', count = '2400'] = process.argv.slice(2);
const clientele = new Clientele(Number(seed));
const requests = Array.from({ length: Number(count) }, (_, index) => clientele.request(`STL-${seed}-${number(index)}`, `INS-${seed}-${number(index)}`, clientele.line()));

writeMerchants(join(import.meta.dirname, 'merchants.csv'), clientele.merchants);
writeCsv(join(import.meta.dirname, 'requests.csv'), COLUMNS, requests);
