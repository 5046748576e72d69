import type { Manager } from "../manager";
import { conda } from "./conda";
import { mamba } from "./mamba";
import { micromamba } from "./micromamba";
import { module } from "./module";
import { pipenv } from "./pipenv";
import { pixi } from "./pixi";
import { poetry } from "./poetry";
import { pyenv } from "./pyenv";
import { system } from "./system";
import { uv } from "./uv";
import { venv } from "./venv";
import { virtualenv } from "./virtualenv";

/** The first that recognises an environment has it: those that build on others stand before them. */
export const managers: readonly Manager[] = [
  module,
  pixi,
  micromamba,
  mamba,
  conda,
  poetry,
  pipenv,
  uv,
  pyenv,
  virtualenv,
  venv,
  system,
];
