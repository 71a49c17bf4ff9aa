/** The name under which this unit appears as an owner; told by a higher layer. @module */

let name: () => string = () => "MainProcess";

/** Says how this unit is called. */
export function nameUnit(getName: () => string): void {
  name = getName;
}

/** The name of this unit. */
export function unitName(): string {
  return name();
}
