import { jobBackendContract } from "./jobBackendContract";

jobBackendContract("tmux");
