import type { FrameworkRules } from "../rule";
import { jax } from "./jax";
import { keras } from "./keras";
import { numpy } from "./numpy";
import { tensorflow } from "./tensorflow";
import { torch } from "./torch";

/** In the order in which texts that several share are tried. */
export const frameworks: readonly FrameworkRules[] = [torch, keras, tensorflow, jax, numpy];
