/** What the client needs to hash with, in plain Node. */
export const testSha256: object = {};
