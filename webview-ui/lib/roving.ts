/** Moves the focus with the arrow keys, Home and End among the elements that `selector` finds in `container`. True where it did. */
export function rove(event: KeyboardEvent, container: HTMLElement, selector: string): boolean {
  const items = [...container.querySelectorAll<HTMLElement>(selector)];
  const here = items.findIndex((item) => item.matches(":focus"));
  if (here < 0) return false;
  const target = items[step(event.key, here, items.length - 1)];
  if (!target || event.ctrlKey || event.metaKey || event.altKey) return false;
  event.preventDefault();
  target.focus();
  return true;
}

function step(key: string, here: number, last: number): number {
  switch (key) {
    case "ArrowDown":
      return Math.min(here + 1, last);
    case "ArrowUp":
      return Math.max(here - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return -1;
  }
}
