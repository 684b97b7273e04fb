/** One byte more than the gateway takes: it says that the file is too large. */
const FILE_BYTES = 8 * 1024 * 1024 + 1;

/** A file that the person chose, in Base64. */
export function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,?/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file.slice(0, FILE_BYTES));
  });
}
