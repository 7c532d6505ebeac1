/** The heavier form of the tests is wanted, that of `npm run test:full`: with the numbers of the catalogue, not those of seconds. */
export const long: boolean = process.env['TEST_LONG'] === '1';
