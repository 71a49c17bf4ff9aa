/** What the server of a manager hosts, by the name that handles use. @module */
import type { ServedTypes } from "../server/served.ts";
import { ArrayObject } from "./array_object.ts";
import { DictObject } from "./dict_object.ts";
import { ListObject } from "./list_object.ts";
import { SetObject } from "./set_object.ts";
import { ValueObject } from "./value_object.ts";
import { servedTypes } from "./unit_types.ts";

/** What a manager's server hosts. */
export const managedTypes: ServedTypes = {
  ...servedTypes,
  ListProxy: ListObject,
  DictProxy: DictObject,
  SetProxy: SetObject,
  NamespaceProxy: DictObject,
  ValueProxy: ValueObject,
  ArrayProxy: ArrayObject,
};
