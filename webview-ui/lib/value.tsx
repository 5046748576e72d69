import { UNKNOWN } from "./format";

/** A number with its unit. An unknown one is a dash that says why on hover and to screen readers. */
export function Value({ text, why, name }: { text: string; why: string; name?: string }) {
  if (!text.includes(UNKNOWN)) return <span class={name}>{text}</span>;
  return (
    <span class={name} title={why}>
      <span aria-hidden="true">{text}</span>
      <span class="visually-hidden">{why}</span>
    </span>
  );
}
