import amdPart from "./scripts/amd.sh";
import choosePart from "./scripts/choose.sh";
import gpusPart from "./scripts/gpus.sh";
import nvidiaPart from "./scripts/nvidia.sh";
import queuePart from "./scripts/queue.sh";
import ticketsPart from "./scripts/tickets.sh";

/** The program that gets a job its GPUs and holds them, for the file `gpus` of the job's folder; see `scripts/gpus.sh`. */
export const gpusProgram = [ticketsPart, nvidiaPart, amdPart, queuePart, choosePart, gpusPart].join("");
