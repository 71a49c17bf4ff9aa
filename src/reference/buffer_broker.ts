/**
 * Who keeps the shared buffers that travel between the threads of one process: the topmost unit. A buffer is kept for whoever will decode a message with it, and
 * for as long as any other unit has it. For this unit itself nothing has to be kept: then a `WeakRef` is enough to find the buffer again.
 *
 * @module
 */

/** A unit that has buffers; only its identity counts. */
export type Holder = object;

interface Entry {
  /** Found by whoever asks, for as long as it exists. */
  readonly weak: WeakRef<SharedArrayBuffer>;
  /** Keeps it. `null`: nobody outside this unit has it, or will ask for it. */
  strong: SharedArrayBuffer | null;
  /** The messages under way that bring it. */
  readonly parcels: Set<string>;
  /** Nobody knows how often a message with it will be decoded. */
  isKept: boolean;
  /** How many objects of other units are this buffer. */
  readonly holders: Map<Holder, number>;
}

/** The shared buffers of a process. */
export class BufferBroker {
  readonly #entries = new Map<string, Entry>();
  readonly #collected = new FinalizationRegistry<string>((id) => {
    if (this.#entries.get(id)?.weak.deref() === undefined) this.#entries.delete(id);
  });

  /** How many buffers it knows, and how many of them it keeps. */
  get counts(): { known: number; kept: number } {
    return { known: this.#entries.size, kept: [...this.#entries.values()].filter(({ strong }) => strong !== null).length };
  }

  /** A buffer that is known here from now on; to be followed by what keeps it. */
  add(id: string, buffer: SharedArrayBuffer): void {
    this.#entries.set(id, { weak: new WeakRef(buffer), strong: buffer, parcels: new Set(), isKept: false, holders: new Map() });
    this.#collected.register(buffer, id);
  }

  /** The buffer, or `null` when it is not known, or no more. */
  find(id: string): SharedArrayBuffer | null {
    return this.#entries.get(id)?.weak.deref() ?? null;
  }

  /** A message under way brings it; `null`: one that may be decoded again and again. */
  send(id: string, parcel: string | null): void {
    this.#change(id, (entry) => parcel === null ? entry.isKept = true : entry.parcels.add(parcel));
  }

  /** A message was decoded, or never will be. */
  settle(id: string, parcel: string): void {
    this.#change(id, (entry) => entry.parcels.delete(parcel));
  }

  /** A unit has one object more for it. */
  hold(id: string, holder: Holder): void {
    this.#change(id, ({ holders }) => holders.set(holder, (holders.get(holder) ?? 0) + 1));
  }

  /** A unit has one object less for it. */
  letGo(id: string, holder: Holder): void {
    this.#change(id, ({ holders }) => {
      const left = (holders.get(holder) ?? 0) - 1;
      if (left > 0) holders.set(holder, left);
      else holders.delete(holder);
    });
  }

  /** A unit has ended. What it sent stays for those who will decode it. */
  leave(holder: Holder): void {
    for (const id of [...this.#entries.keys()]) this.#change(id, ({ holders }) => holders.delete(holder));
  }

  #change(id: string, change: (entry: Entry) => void): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    change(entry);
    const isNeeded = entry.isKept || entry.parcels.size > 0 || entry.holders.size > 0;
    entry.strong = isNeeded ? entry.weak.deref() ?? null : null;
  }
}
