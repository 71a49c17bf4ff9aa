/** `deno task ok`: the gate alone. */
import { cli, readOptions } from "./lib/cli.ts";
import { runGate } from "./lib/gate.ts";

await cli("ok", async () => {
  readOptions(Deno.args, {});
  const { failed } = await runGate();
  return failed === 0 ? 0 : 1;
});
