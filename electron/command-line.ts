/** Value of `--name VALUE` or `--name=VALUE`; undefined when it is not given, or given without one. */
export function commandLineOption(args: readonly string[], name: string): string | undefined {
  const index = args.findIndex((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  const found = args[index];
  if (found === undefined) return undefined;
  const value = found.includes('=') ? found.slice(found.indexOf('=') + 1) : args[index + 1];
  return value === undefined || value === '' || value.startsWith('--') ? undefined : value;
}
