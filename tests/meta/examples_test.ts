import assert from "node:assert/strict";
import { test } from "node:test";
import { findExamples } from "../../scripts/lib/examples.ts";

const source = `/**
 * A queue.
 *
 * \`\`\`ts
 * import * as mp from "@fenshen/multiprocessing";
 *
 * const queue = new mp.Queue();
 * \`\`\`
 *
 * \`\`\`ts ignore
 * not.run();
 * \`\`\`
 */
export class Queue {
  /**
   * \`\`\`ts
   * get();
   * \`\`\`
   */
}
`;

test("the ts blocks of doc comments are examples, at any depth; others are not", () => {
  assert.deepEqual(findExamples("src/queue.ts", source), [
    { place: "src/queue.ts:4", code: 'import * as mp from "@fenshen/multiprocessing";\n\nconst queue = new mp.Queue();\n' },
    { place: "src/queue.ts:16", code: "get();\n" },
  ]);
});

test("the ts blocks of Markdown are examples", () => {
  assert.deepEqual(findExamples("README.md", "# Title\n\n```ts\nrun();\n```\n\n```sh\nls\n```\n"), [{
    place: "README.md:3",
    code: "run();\n",
  }]);
});
