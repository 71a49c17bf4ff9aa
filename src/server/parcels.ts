/**
 * What keeps an object alive while nobody refers to it: a message under way that carries a reference, or a value inside another object.
 *
 * Only in a server that counts references. A handle that is encoded becomes a parcel: the object stays until somebody has decoded the message
 * and refers to the object himself. An object that stores such a message keeps its parcels as long as it has the message.
 *
 * @module
 */

/** What is counted. */
export interface Counted {
  /** How many clients and parcels refer to it. */
  references: number;
}

interface Parcel {
  readonly object: Counted;
  /** Nobody has decoded the message yet. */
  underWay: boolean;
  /** How many times it is stored. */
  kept: number;
}

/** The parcels of one server, by the names that their senders gave them. */
export class Parcels {
  readonly #parcels = new Map<string, Parcel>();
  readonly #release: (object: Counted) => void;

  /** @param release Takes one reference back. */
  constructor(release: (object: Counted) => void) {
    this.#release = release;
  }

  /** How many there are. */
  get size(): number {
    return this.#parcels.size;
  }

  /** A message with a reference to this object is about to leave. @throws {RangeError} when the name is taken. */
  post(name: string, object: Counted): void {
    if (this.#parcels.has(name)) throw new RangeError("Cannot send a reference: its parcel's name is taken");
    object.references++;
    this.#parcels.set(name, { object, underWay: true, kept: 0 });
  }

  /** The message has been decoded, or never will be. One that is unknown has been settled before: a message may be decoded twice. */
  settle(name: string): void {
    this.#change(name, (parcel) => (parcel.underWay = false));
  }

  /** The message is stored now. */
  keep(name: string): void {
    this.#change(name, (parcel) => {
      parcel.underWay = false;
      parcel.kept++;
    });
  }

  /** The message is stored one time less. */
  drop(name: string): void {
    this.#change(name, (parcel) => parcel.kept--);
  }

  #change(name: string, change: (parcel: Parcel) => void): void {
    const parcel = this.#parcels.get(name);
    if (parcel === undefined) return;
    change(parcel);
    if (parcel.underWay || parcel.kept > 0) return;
    this.#parcels.delete(name);
    this.#release(parcel.object);
  }
}
