import { jobBackendContract } from "./jobBackendContract";

jobBackendContract("slurm");
