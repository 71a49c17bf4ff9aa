/** Claiming an end that another unit holds: the heir's side of a hand-over. @module */
import type { PipeEnd } from "./pipe_end.ts";
import type { Introducer } from "./pipe_introducer.ts";
import { type LinkMessage, PipeLink } from "./pipe_link.ts";
import type { Ticket } from "./ticket.ts";

/** Brings an end from the unit that issued the ticket. It may be used at once: its operations wait for what they need. */
export function claim(end: PipeEnd, ticket: Ticket, introducer: Introducer): void {
  end.expect(
    new Promise<void>((arrived) => {
      introducer.connectTo(ticket).then((channel) => {
        /** Whether the old holder has told the whole story. */
        let told = false;
        const holder: PipeLink = new PipeLink(channel, (message) => {
          told ||= isLastWord(message);
          if (message.type === "synced" || told) arrived();
          follow(message);
        });
        const follow = (message: LinkMessage) => {
          if (message.type === "grant") end.granted(message.readable, message.writable);
          else if (message.type === "data") end.receiveBody(message.body);
          else if (message.type === "refused") end.refuse();
          else if (message.type === "gone") end.lose(null);
          else if (message.type === "relink") {
            end.inherit(message.load, message.unreported);
            if (message.ticket === null) end.adopt(holder);
            else relink(end, message.ticket, introducer, holder);
          } else if (message.type !== "synced") holder.destroy();
        };
        holder.closed.then(({ error }) => {
          arrived();
          if (!told) end.lose(error ?? new Error("The unit that handed this end on has ended before it was claimed"));
        });
      }, (error) => {
        arrived();
        end.lose(error);
      });
    }),
  );
}

function isLastWord(message: LinkMessage): boolean {
  return message.type === "relink" || message.type === "gone" || message.type === "refused";
}

/** Goes to the other end; the old holder is let go only when that has welcomed us, so that it can tell the other end if we die. */
function relink(end: PipeEnd, ticket: Ticket, introducer: Introducer, holder: PipeLink): void {
  introducer.connectTo(ticket).then((channel) => {
    let welcome = false;
    const link: PipeLink = new PipeLink(channel, (message) => {
      if (message.type !== "go") return link.destroy();
      welcome = true;
      end.adopt(link);
      holder.close();
    });
    link.closed.then(({ error }) => {
      if (welcome) return;
      end.lose(error);
      holder.close();
    });
  }, (error) => {
    end.lose(error);
    holder.close();
  });
}
