/** The logger of this unit. @module */
import { Logger } from "../base/logger.ts";
import { runtime } from "./runtime.ts";

/** What the library says, and a program through `getLogger()`. */
export const log: Logger = new Logger((text) => runtime.writeError(text));
