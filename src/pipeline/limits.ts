/** What one file of the repository may weigh: enough for a zone of millions of records, too little to exhaust a machine. */
export const maxYamlSize = 16 * 2 ** 20;
export const maxFileSize = 2 ** 30;
export const maxCertificateSize = 2 ** 20;

/** Where things are, from the root of the repository, unless options say otherwise. */
export const zonesFolder = 'zones';
export const stateFolder = 'keys';
export const outputFolder = 'build';
