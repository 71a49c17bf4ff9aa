/** The way of a manager's server to itself: values that it encodes may refer to its own objects. @module */
import type { ServerLink } from "../server/local_server.ts";
import type { Parcels } from "../server/parcels.ts";

const links = new WeakMap<Parcels, ServerLink>();

/** Tells the link of a server in this unit, known by its parcels, to itself. */
export function setOwnLink(parcels: Parcels, link: ServerLink): void {
  links.set(parcels, link);
}

/** The link of a server to itself. */
export function ownLink(parcels: Parcels): ServerLink {
  return links.get(parcels)!;
}
