/** The command line of the demo. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "../../scripts/demo/options.ts";
import { UsageError } from "../../scripts/lib/cli.ts";

test("parseOptions() reads every option, in either spelling and any place", () => {
  assert.deepEqual(parseOptions([]), { folder: null, processes: null, method: "spawn", runtime: null, json: false, help: false });
  assert.deepEqual(parseOptions(["--processes", "3", "some/folder", "--method=thread", "--runtime", "bun", "--json", "--help"]), {
    folder: "some/folder",
    processes: 3,
    method: "thread",
    runtime: "bun",
    json: true,
    help: true,
  });
  assert.equal(parseOptions(["--", "--odd-folder"]).folder, "--odd-folder");
});

const refused: [args: string[], message: RegExp][] = [
  [["--procesess", "3"], /unknown option '--procesess' \(options: --processes, /],
  [["-p"], /unknown option '-p'/],
  [["--processes"], /option '--processes <value>' argument missing/],
  [["--processes="], /whole number from 1 to 256, received $/],
  [["--processes", "0"], /whole number from 1 to 256, received 0$/],
  [["--processes", "-1"], /--processes/],
  [["--processes", "1.5"], /received 1.5$/],
  [["--processes", "many"], /received many$/],
  [["--processes=257"], /received 257$/],
  [["--method", "fork"], /must be one of spawn, thread, received fork$/],
  [["--runtime", "python"], /must be one of deno, bun, node, received python$/],
  [["--json=yes"], /option .--json. does not take an argument/],
  [["one", "two"], /unexpected argument two/],
];

for (const [args, message] of refused) {
  test(`parseOptions() refuses ${args.join(" ")} in one line`, () => {
    assert.throws(() => parseOptions(args), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}
