import type { FrameworkRules } from "../rule";
import { torch } from "./torch";

/** In the order in which texts that several share are tried. */
export const frameworks: readonly FrameworkRules[] = [torch];
