import { plainText } from "../lib/format";
import { Icon } from "../lib/icon";
import type { Card, User } from "./model";
import { wordOf } from "./warnings";

/** Users by name, the reader as "you". */
export function namesOf(users: readonly User[]): string {
  return users.map((user) => (user.mine ? "you" : plainText(user.name, 40))).join(", ");
}

/** Who a GPU is taken by, in words; the icon differs as well as the colour. */
export function whoOf({ occupancy, users, cause }: Pick<Card, "occupancy" | "users" | "cause">): string {
  switch (occupancy) {
    case "free":
      return "free";
    case "busy":
      return namesOf(users) || "in use";
    case "hidden":
      return "in use";
    case "asleep":
    case "sick":
      return cause ? wordOf(cause) : "not available";
    case "unknown":
      return "unknown";
  }
}

const HINTS: Partial<Record<Card["occupancy"], string>> = {
  hidden: "Memory or time is used, but no process shows: probably in a container or another user's",
  unknown: "Neither memory nor utilization is reported, so nobody can tell",
};

export function Who({ card }: { card: Card }) {
  const text = whoOf(card);
  return (
    <span class="who" data-occupancy={card.occupancy} title={HINTS[card.occupancy] ?? text}>
      {card.occupancy === "free" && <Icon name="circle-large-outline" />}
      {card.occupancy === "asleep" && <Icon name="debug-pause" />}
      {card.occupancy === "sick" && <Icon name="error" />}
      <span class="who-names">{text}</span>
    </span>
  );
}
