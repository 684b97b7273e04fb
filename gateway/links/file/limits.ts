/** Largest file that is taken, in bytes. */
export const FILE_BYTES = 8 * 1024 * 1024;
