import type { App } from "../../app";
import type { JobParts } from "./parts";

export declare function createParts(app: App): JobParts;
