/** What runs in the object server's thread. @module */
import { formatError } from "../base/traceback.ts";
import { offer } from "../connection/endpoint.ts";
import { runtime } from "../runtime/runtime.ts";
import { SERVER_READY, type ServerPlan } from "./local_server.ts";
import { ObjectServer } from "./object_server.ts";
import type { ServedTypes } from "./served.ts";

/**
 * Serves objects until the unit that started this thread is gone.
 *
 * @param data A {@linkcode ServerPlan}.
 * @param types What can be served. Told by the entry: this layer knows no served class.
 */
export async function objectServerMain(data: unknown, types: ServedTypes): Promise<void> {
  const port = runtime.parentPort();
  if (port === null) throw new TypeError("Cannot start an object server: this is not a worker thread");
  runtime.onUncaught((error) => {
    runtime.writeError(`The object server has failed:\n${formatError(error)}\n`);
    runtime.exit(1);
  });
  const release = runtime.keepAlive();
  const server = new ObjectServer(types);
  const offered = offer((channel) => server.accept(channel), { ticket: (data as ServerPlan).ticket });
  await offered.ready;
  port.post(SERVER_READY);
  await new Promise<void>((resolve) => port.onClose(resolve));
  offered.withdraw();
  release();
}
