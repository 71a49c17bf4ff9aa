/** What the commands of this folder share: options, and how a wrong one is refused. */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

/** The command was called in a way it does not know: one line, exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Parses the options of a command. @throws {UsageError} for an unknown option, a missing value, or more arguments than expected */
export function readOptions<T extends ParseArgsOptionsConfig>(args: string[], options: T, expectedArguments = 0) {
  const known = Object.keys(options).map((name) => `--${name}`).join(", ");
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true });
    if (positionals.length > expectedArguments) {
      throw new UsageError(`unexpected argument ${positionals[expectedArguments]} (options: ${known})`);
    }
    return { values, positionals };
  } catch (error) {
    if (!(error instanceof TypeError) || !("code" in error)) throw error;
    const [sentence] = error.message.split(/\. |\n/);
    throw new UsageError(`${sentence!.charAt(0).toLowerCase()}${sentence!.slice(1)} (options: ${known})`);
  }
}

/** Runs a command and ends this program with its exit code; a {@linkcode UsageError} is one line and exit code 2. */
export async function cli(name: string, work: () => Promise<number>): Promise<never> {
  try {
    Deno.exit(await work());
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${name}: ${error.message}`);
      Deno.exit(2);
    }
    console.error(error instanceof Error && error.message.startsWith("Cannot ") ? error.message : error);
    Deno.exit(1);
  }
}
